import { checkWhole } from '../check-value';
import type { RateConfig } from '../config';
import { ConfigError } from '../errors';
import { HEALTH } from '../pure/bounds';
import { fieldsOf } from './fields-of';

/** A rate with everything said. */
export interface Rate {
	readonly perSecond?: number;
	readonly perMinute?: number;
	readonly burst: number;
}

/** Most of a default burst: what waited for an hour is not to come as one wave. */
const MAX_DEFAULT_BURST = 100;

/** Fills in what is not said; undefined where that is all of it. */
export function resolveRate(rate: RateConfig | undefined): Rate | undefined {
	if (rate?.perSecond === undefined && rate?.perMinute === undefined) return undefined;
	const { burst = Math.min(MAX_DEFAULT_BURST, rate.perSecond ?? rate.perMinute ?? 1) } = rate;
	return { ...rate, burst };
}

/** @throws ConfigError naming path and bound */
export function validateRate(given: unknown, path: string): RateConfig {
	const { perSecond, perMinute, burst } = fieldsOf(given, path, [
		'perSecond',
		'perMinute',
		'burst',
	]);
	if (perSecond !== undefined) checkWhole(perSecond, `${path}.perSecond`, HEALTH.perSecond);
	if (perMinute !== undefined) checkWhole(perMinute, `${path}.perMinute`, HEALTH.perMinute);
	if (burst !== undefined) checkWhole(burst, `${path}.burst`, HEALTH.burst);
	if (perSecond === undefined && perMinute === undefined)
		throw new ConfigError(path, 'perSecond, perMinute or both');
	return given as RateConfig;
}
