import { FILES } from '../pure/bounds';
import { formatByteSize, parseByteSize } from '../pure/byte-size';
import { isWhole } from '../pure/whole-number';
import { ConfigError } from '../errors';
import type { SinkConfig } from '../sink/create-sink';
import { validateFilesSink, type FilesSinkConfig } from '../sink/files/files-config';
import { checkFormat } from '../sink/formats/check-format';
import type { DataSettings } from './buffer-settings';
import { readDuration } from './read-duration';
import { inDialog, sameName, type SettingPath } from './setting-path';

/** Of the dialogs that write files; how they are used is told in buffer-settings.ts. */
export interface FilesSettings extends Pick<DataSettings, 'data'> {
	/** A path; where it may be, the host decides. */
	readonly directory?: string | undefined;
	/** Empty: the usual one. */
	readonly fileName?: string | undefined;
	readonly fileFormat?: FilesSinkConfig['format'];
	readonly fileCsvHeader?: boolean | undefined;
	readonly fileGzip?: boolean | undefined;
	/** Such as `64MB`. */
	readonly fileSize?: string | undefined;
	/** Such as `1h`; empty: each batch is a file. */
	readonly fileAge?: string | undefined;
}

const PLACES = {
	name: 'fileName',
	format: 'fileFormat',
	csvHeader: 'fileCsvHeader',
	gzip: 'fileGzip',
};

/** The directory is called by its path. @throws ConfigError naming the dialog's field and the bound */
export function toFiles(settings: FilesSettings, at: SettingPath = sameName): SinkConfig<'files'> {
	const { directory = '', fileName = '', fileFormat = 'ndjson', fileCsvHeader } = settings;
	const { data = 'event', fileGzip = false, fileSize, fileAge } = settings;
	const config: FilesSinkConfig = {
		directory: directory.trim(),
		...(fileName.trim() === '' ? {} : { name: fileName.trim() }),
		format: fileFormat,
		// What belongs to another format is hidden.
		...(fileFormat === 'csv' && fileCsvHeader !== undefined ? { csvHeader: fileCsvHeader } : {}),
		gzip: fileGzip,
		fileBytes: fileSize === undefined ? FILES.bytes.fallback : readSize(fileSize, at('fileSize')),
		fileAgeMs: readAge(fileAge, at('fileAge')),
	};
	inDialog(() => validateFilesSink(config, ''), at, PLACES);
	const output = data === 'event' ? 'event' : 'record';
	checkFormat(fileFormat, { output, columns: [] }, at('fileFormat'));
	return { kind: 'files', ...config };
}

function readAge(text: string | undefined, path: string): number {
	if (text === undefined) return FILES.ageMs.fallback;
	return text.trim() === '' ? 0 : readDuration(text, path, FILES.ageMs);
}

function readSize(text: string, path: string): number {
	const { min, max } = FILES.bytes;
	const bytes = parseByteSize(text);
	if (isWhole(bytes, FILES.bytes)) return bytes;
	const expected = `a size such as 64MB, from ${formatByteSize(min)} to ${formatByteSize(max)}`;
	throw new ConfigError(path, expected, text);
}
