import { checkChoice, checkWhole } from '../check-value';
import type { ExportConfig, HealthConfig } from '../config';
import { HEALTH } from '../pure/bounds';
import type { Range } from '../pure/whole-number';
import { fieldsOf } from './fields-of';
import { resolveRate, validateRate, type Rate } from './rate';

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
	const resolved = resolveRate(rate);
	return {
		...(breaker === false
			? {}
			: {
					breaker: {
						...(breaker || o.isEndpoint ? { trip: tripOf(breaker) } : {}),
						windowMs: breaker?.windowMs ?? HEALTH.windowMs.fallback,
					},
				}),
		...(resolved ? { rate: resolved } : {}),
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
	if (rate !== undefined) validateRate(rate, `${path}.rate`);
	if (giveUp !== undefined) {
		const at = `${path}.giveUp`;
		const { afterMs, action } = fieldsOf(giveUp, at, ['afterMs', 'action']);
		whole(afterMs, `${at}.afterMs`, HEALTH.disableAfterMs);
		if (action !== undefined) checkChoice(action, `${at}.action`, ['nothing', 'pause', 'disable']);
	}
	return given as HealthConfig;
}

function whole(value: unknown, path: string, bounds: Range): void {
	if (value !== undefined) checkWhole(value, path, bounds);
}
