import { checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import type { Range } from '../../pure/whole-number';

/** Bounds of a limit, and what it is when nobody says; without a fallback it is none. */
export interface Bounds extends Range {
	readonly fallback?: number;
}

/** Limits as a user may give them. */
export type LimitInput<Limits> = {
	readonly [Name in keyof Limits]?: Limits[Name] | undefined;
};

/**
 * Reads limits that a user gave; an absent one takes its fallback.
 *
 * @throws ConfigError naming the path and its bounds
 */
export function readLimits<Limits>(
	bounds: Record<keyof Limits & string, Bounds>,
	given: LimitInput<Limits> = {},
): Limits {
	if (typeof given !== 'object' || given === null) {
		throw new ConfigError('store.limits', 'an object', given);
	}
	for (const name of Object.keys(given)) {
		if (!Object.hasOwn(bounds, name)) {
			throw new ConfigError(`store.limits.${name}`, `one of ${Object.keys(bounds).join(', ')}`);
		}
	}
	const names = Object.keys(bounds) as (keyof Limits & string)[];
	const entries = names.map((name) => [name, readLimit(name, bounds[name], given[name])]);
	return Object.fromEntries(entries) as Limits;
}

function readLimit(name: string, bounds: Bounds, value: unknown): unknown {
	if (value === undefined) return bounds.fallback;
	return checkWhole(value, `store.limits.${name}`, bounds);
}
