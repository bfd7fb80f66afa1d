import { ConfigError } from './errors';
import { isWhole, wholeExpectation, type Range } from './pure/whole-number';

/** @throws ConfigError naming path and bounds */
export function checkWhole(value: unknown, path: string, range: Range): number {
	if (isWhole(value, range)) return value;
	throw new ConfigError(path, wholeExpectation(range), value);
}

/** @throws ConfigError naming path and choices */
export function checkChoice<T extends string>(
	value: unknown,
	path: string,
	allowed: readonly T[],
): T {
	const found = allowed.find((one) => one === value);
	if (found !== undefined) return found;
	throw new ConfigError(path, `one of ${allowed.join(', ')}`, value);
}
