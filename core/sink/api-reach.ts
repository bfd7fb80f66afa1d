/**
 * What sinks that were made over an API may reach: public addresses over https, and what whoever serves the API has listed. Their own
 * configuration says nothing about it, or whoever may write it could reach everything that this machine does. It holds at every request
 * (`http/guard.ts`, the column *dynamic*).
 */
import { joinPath } from '../config-path';
import { ConfigError } from '../errors';
import { reachesAddresses, type SinkConfig } from './create-sink';
import type { AddressRules } from './http/guard';

/** Listed by whoever serves the API. */
export type ApiReach = Pick<AddressRules, 'allowHttp' | 'allowedCidrs'>;

/** A proxy is one more address. */
const FIELDS = ['origin', 'allowHttp', 'allowedCidrs', 'proxy'] as const;

/** @param sink as an API gives it @throws ConfigError */
export function requireNoReach(sink: unknown, path = 'sink'): void {
	if (typeof sink !== 'object' || sink === null) return;
	const field = FIELDS.find((name) => (sink as Record<string, unknown>)[name] !== undefined);
	if (field === undefined) return;
	const expected = 'nothing: whoever serves the API sets what its destinations may reach';
	throw new ConfigError(joinPath(path, field), expected);
}

export function withApiReach(sink: SinkConfig, reach: ApiReach = {}): SinkConfig {
	if (!reachesAddresses(sink)) return sink;
	const { allowHttp, allowedCidrs } = reach;
	return { ...sink, origin: 'dynamic', allowHttp, allowedCidrs, proxy: undefined } as SinkConfig;
}
