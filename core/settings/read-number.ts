import { ConfigError } from '../errors';
import { grouped, isWhole, type Range } from '../pure/whole-number';

/** A number that a dialog may have saved as digits. @throws ConfigError naming the path */
export function readNumber(value: unknown, path: string): number {
	const isText = typeof value === 'string' && value.trim() !== '';
	const number = typeof value === 'number' ? value : isText ? Number(value) : Number.NaN;
	if (Number.isNaN(number)) throw new ConfigError(path, 'a number', value);
	return number;
}

const UNIT_MS = { seconds: 1_000, hours: 3_600_000 } as const;

/**
 * Milliseconds, of a time that a dialog counts in a larger unit.
 *
 * @param range in milliseconds
 * @throws ConfigError naming path and bounds, in the dialog's unit
 */
export function readTime(
	value: unknown,
	path: string,
	unit: keyof typeof UNIT_MS,
	range: Range,
): number {
	const ms = Math.round(readNumber(value, path) * UNIT_MS[unit]);
	if (isWhole(ms, range)) return ms;
	const [min, max] = [range.min, range.max].map((bound) => grouped(bound / UNIT_MS[unit]));
	throw new ConfigError(path, `a number of ${unit} from ${min} to ${max}`, value);
}
