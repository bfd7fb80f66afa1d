import { ConfigError } from '../errors';
import { checkWhole } from '../check-value';
import { ACK_TIMEOUT_MS } from '../pure/bounds';
import { joinPath } from './config-path';
import { createFlowSink, type FlowSinkConfig } from './flow';
import type { SinkKind } from './sink-kind';

/** Below the 5 s that a detach waits. */
const GRACE_MS = { min: 0, max: 4_999 };

/** The host's own flow; only a process with such a host can deliver to it. */
export const flowKind: SinkKind<FlowSinkConfig> = {
	fields: { ackTimeoutMs: true, graceMs: true, numbers: true },
	secrets: {},
	validate({ ackTimeoutMs, graceMs, numbers }, path) {
		if (ackTimeoutMs !== undefined)
			checkWhole(ackTimeoutMs, joinPath(path, 'ackTimeoutMs'), ACK_TIMEOUT_MS);
		if (graceMs !== undefined) checkWhole(graceMs, joinPath(path, 'graceMs'), GRACE_MS);
		if (!['double', 'text', undefined].includes(numbers)) {
			throw new ConfigError(joinPath(path, 'numbers'), 'double or text', numbers);
		}
	},
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
