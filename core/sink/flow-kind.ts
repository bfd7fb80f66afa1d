import { ConfigError } from '../errors';
import { joinPath } from './config-path';
import { createFlowSink, type FlowSinkConfig } from './flow';
import type { SinkKind } from './sink-kind';

/** Milliseconds, inclusive. */
const ACK_TIMEOUT = { min: 1_000, max: 86_400_000 };
const GRACE = { min: 0, max: 4_999 };

/** The host's own flow; only a process with such a host can deliver to it. */
export const flowKind: SinkKind<FlowSinkConfig> = {
	fields: { ackTimeoutMs: true, graceMs: true, numbers: true },
	secrets: {},
	validate({ ackTimeoutMs, graceMs, numbers }, path) {
		requireWhole(ackTimeoutMs, joinPath(path, 'ackTimeoutMs'), ACK_TIMEOUT);
		requireWhole(graceMs, joinPath(path, 'graceMs'), GRACE);
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

function requireWhole(value: unknown, path: string, o: { min: number; max: number }): void {
	if (value === undefined) return;
	if (Number.isInteger(value) && Number(value) >= o.min && Number(value) <= o.max) return;
	const [min, max] = [o.min, o.max].map((bound) => bound.toLocaleString('en-US'));
	throw new ConfigError(path, `a whole number from ${min} to ${max}`, value);
}
