import { checkChoice, checkWhole } from '../check-value';
import type { ExportConfig, HealthConfig } from '../config';
import { ConfigError } from '../errors';
import { HEALTH } from '../pure/bounds';
import type { Range } from '../pure/whole-number';

/** A configuration with everything said. */
export interface Health {
	/** Undefined: there is none. */
	readonly breaker?: {
		/** What opens it beside requests that reach nobody. Absent: nothing does, and it closes when somebody was reached. */
		readonly trip?: { readonly failurePercent: number; readonly minRequests: number };
		readonly windowMs: number;
	};
	readonly rate?: Rate;
	readonly giveUp: { readonly afterMs: number; readonly action: 'nothing' | 'pause' | 'disable' };
}

export interface Rate {
	readonly perSecond?: number;
	readonly perMinute?: number;
	readonly burst: number;
}

/** Most of a default burst: what waited for an hour is not to come as one wave. */
const MAX_DEFAULT_BURST = 100;

const OF_FLOW: HealthConfig = { giveUp: { action: 'nothing' } };

/**
 * Fills in what is not said. Pure.
 *
 * @param o.isEndpoint false for the flow: what fails there is for its author to see, and is no destination that is down, unless whoever
 *   settles its batches says that nobody was reached
 */
export function resolveHealth(
	{ health, origin }: Pick<ExportConfig, 'health' | 'origin'>,
	o: { readonly isEndpoint: boolean },
): Health {
	const { breaker, rate, giveUp }: HealthConfig = { ...(o.isEndpoint ? {} : OF_FLOW), ...health };
	return {
		...(breaker === false
			? {}
			: {
					breaker: {
						...(breaker || o.isEndpoint ? { trip: tripOf(breaker) } : {}),
						windowMs: breaker?.windowMs ?? HEALTH.windowMs.fallback,
					},
				}),
		...(rate?.perSecond === undefined && rate?.perMinute === undefined
			? {}
			: {
					rate: {
						...rate,
						burst: rate.burst ?? Math.min(MAX_DEFAULT_BURST, rate.perSecond ?? rate.perMinute ?? 1),
					},
				}),
		giveUp: {
			afterMs: giveUp?.afterMs ?? HEALTH.disableAfterMs.fallback,
			action: giveUp?.action ?? (origin === 'host' ? 'pause' : 'disable'),
		},
	};
}

function tripOf(breaker: Exclude<HealthConfig['breaker'], false> = {}) {
	return {
		failurePercent: breaker.failurePercent ?? HEALTH.failurePercent.fallback,
		minRequests: breaker.minRequests ?? HEALTH.minRequests.fallback,
	};
}

/**
 * Checks a configuration, whatever it is.
 *
 * @throws ConfigError (ERR_CONFIG_INVALID) naming path and bound
 */
export function validateHealth(given: unknown, path = 'health'): HealthConfig {
	const { breaker, rate, giveUp } = fieldsOf(given, path, ['breaker', 'rate', 'giveUp']);
	if (breaker !== undefined && breaker !== false) {
		const at = `${path}.breaker`;
		const fields = fieldsOf(breaker, at, ['failurePercent', 'minRequests', 'windowMs']);
		whole(fields['failurePercent'], `${at}.failurePercent`, HEALTH.failurePercent);
		whole(fields['minRequests'], `${at}.minRequests`, HEALTH.minRequests);
		whole(fields['windowMs'], `${at}.windowMs`, HEALTH.windowMs);
	}
	if (rate !== undefined) {
		const at = `${path}.rate`;
		const fields = fieldsOf(rate, at, ['perSecond', 'perMinute', 'burst']);
		whole(fields['perSecond'], `${at}.perSecond`, HEALTH.perSecond);
		whole(fields['perMinute'], `${at}.perMinute`, HEALTH.perMinute);
		whole(fields['burst'], `${at}.burst`, HEALTH.burst);
		if (fields['perSecond'] === undefined && fields['perMinute'] === undefined)
			throw new ConfigError(at, 'perSecond, perMinute or both');
	}
	if (giveUp !== undefined) {
		const at = `${path}.giveUp`;
		const { afterMs, action } = fieldsOf(giveUp, at, ['afterMs', 'action']);
		whole(afterMs, `${at}.afterMs`, HEALTH.disableAfterMs);
		if (action !== undefined) checkChoice(action, `${at}.action`, ['nothing', 'pause', 'disable']);
	}
	return given as HealthConfig;
}

function fieldsOf(given: unknown, path: string, names: readonly string[]): Record<string, unknown> {
	if (typeof given !== 'object' || given === null || Array.isArray(given))
		throw new ConfigError(path, `an object with ${names.join(', ')}`, given);
	const other = Object.keys(given).find((name) => !names.includes(name));
	if (other !== undefined) throw new ConfigError(`${path}.${other}`, `one of ${names.join(', ')}`);
	return given as Record<string, unknown>;
}

function whole(value: unknown, path: string, bounds: Range): void {
	if (value !== undefined) checkWhole(value, path, bounds);
}
