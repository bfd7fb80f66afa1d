import { ConfigError } from '../errors';
import { checkChoice, checkWhole } from '../check-value';
import { BATCH_FORMS } from '../pure/batch-forms';
import { ACK_TIMEOUT_MS } from '../pure/bounds';
import { FORMAT_NAMES } from '../pure/format-names';
import { joinPath } from '../config-path';
import { createFlowSink, type FlowSinkConfig } from './flow';
import { checkFormat } from './formats/check-format';
import type { SinkKind } from './sink-kind';

/** Below the 5 s that a detach waits. */
const GRACE_MS = { min: 0, max: 4_999 };

/** The host's own flow; only a process with such a host can deliver to it. */
export const flowKind: SinkKind<FlowSinkConfig> = {
	fields: {
		ackTimeoutMs: true,
		graceMs: true,
		numbers: true,
		as: true,
		format: true,
		csvHeader: true,
	},
	secrets: {},
	validate(config, path) {
		const { ackTimeoutMs, graceMs, numbers } = config;
		if (ackTimeoutMs !== undefined)
			checkWhole(ackTimeoutMs, joinPath(path, 'ackTimeoutMs'), ACK_TIMEOUT_MS);
		if (graceMs !== undefined) checkWhole(graceMs, joinPath(path, 'graceMs'), GRACE_MS);
		if (!['double', 'text', undefined].includes(numbers)) {
			throw new ConfigError(joinPath(path, 'numbers'), 'double or text', numbers);
		}
		validateForm(config, path);
	},
	checkRows: ({ format }, rows, path) => checkFormat(format, rows, joinPath(path, 'format')),
	create(config, { flow, clock }, path) {
		if (!flow) {
			throw new ConfigError(
				joinPath(path, 'kind'),
				'another kind: this process has no flow',
				'flow',
			);
		}
		return createFlowSink({ ...config, ...flow, clock });
	},
};

/** What belongs to a text or file alone is no part of the others. */
function validateForm({ as = 'rows', format, csvHeader }: FlowSinkConfig, path: string): void {
	checkChoice(as, joinPath(path, 'as'), BATCH_FORMS);
	if (format !== undefined) {
		if (as === 'rows')
			throw new ConfigError(joinPath(path, 'format'), 'no format: rows have none', format);
		checkChoice(format, joinPath(path, 'format'), FORMAT_NAMES);
	}
	if (csvHeader === undefined) return;
	if (format !== 'csv')
		throw new ConfigError(joinPath(path, 'csvHeader'), 'the format csv', csvHeader);
	if (typeof csvHeader !== 'boolean')
		throw new ConfigError(joinPath(path, 'csvHeader'), 'true or false', csvHeader);
}
