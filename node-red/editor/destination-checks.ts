import { FILES, inSeconds, RETRY, TABLE_TIMEOUT_MS } from '../../core/pure/bounds';
import { formatByteSize, parseByteSize } from '../../core/pure/byte-size';
import { isWhole } from '../../core/pure/whole-number';
import * as check from './check';
import { checkBy, type Check } from './checks-by-name';
import { chosen } from './chosen';
import { text } from './text';

const isEmpty = (value: unknown): boolean => String(value ?? '').trim() === '';

const MAX_FILE_NAME = 100;

/** What is wrong with each setting of sluice-table and sluice-file that can be wrong. */
const CHECKS: Readonly<Record<string, Check>> = {
	database: (value) => chosen('label.database', value),
	table: (value, label) => {
		const written = String(value ?? '').trim();
		const isName = /^[^.](?:.*[^.])?$/.test(written) && written.length <= 200;
		return isName || text('error.tableName', { label });
	},
	timeoutSeconds: (value, label) => check.whole(label, value, inSeconds(TABLE_TIMEOUT_MS)),
	directory: (value, label) => !isEmpty(value) || text('error.nameMissing', { label }),
	fileName: (value, label) => {
		const written = String(value ?? '').trim();
		const isRight = written.includes('{number}') && written.length <= MAX_FILE_NAME;
		return written === '' || isRight || text('error.fileName', { label, max: MAX_FILE_NAME });
	},
	fileSize: (value, label) => {
		if (isWhole(parseByteSize(String(value ?? '')), FILES.bytes)) return true;
		const [min, max] = [FILES.bytes.min, FILES.bytes.max].map(formatByteSize);
		return text('error.fileSize', { label, min, max });
	},
	fileAge: (value, label) => check.duration(label, value, FILES.ageMs),
	count: (value) => check.count(value),
	time: (value) => check.time(value),
	size: (value) => check.size(value),
	idle: (value, _label, settings) => check.idle(value, settings('time')),
	maxAge: (value, label) => check.duration(label, value, RETRY.maxAgeMs),
};

export const checkDestination = checkBy(CHECKS);
