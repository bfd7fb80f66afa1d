import { isInstant, parseOffset, toInstant, toMilliseconds } from './time-fields';
import { MONTHS } from './strftime';

/** Extended or basic, with a blank or T between; without a zone it is UTC. Longer texts never come here. */
const ISO =
	/^(\d{4})(-?)(\d\d)\2(\d\d)(?:[Tt ](\d\d)(?:(:?)(\d\d)(?:\6(\d\d)(?:[.,](\d{1,9}))?)?)?\s?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;

/** ISO 8601 with a date. @returns milliseconds since the Unix epoch; undefined for what is none */
export function parseIsoTime(text: string): number | undefined {
	const match = ISO.exec(text);
	if (!match) return undefined;
	const offsetMinutes = parseOffset(match[10] ?? 'Z');
	if (offsetMinutes === undefined) return undefined;
	return toInstant({
		year: Number(match[1]),
		month: Number(match[3]),
		day: Number(match[4]),
		hour: Number(match[5] ?? 0),
		minute: Number(match[7] ?? 0),
		second: Number(match[8] ?? 0),
		milliseconds: toMilliseconds(match[9]),
		offsetMinutes,
	});
}

const MAIL =
	/^(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? (GMT|UTC|Z|[+-]\d{4})$/;

/** As in headers of HTTP and mail: `Sat, 21 Nov 2026 09:30:00 GMT`. */
export function parseMailTime(text: string): number | undefined {
	const match = MAIL.exec(text);
	const offsetMinutes = parseOffset(match?.[7] ?? '');
	if (!match || offsetMinutes === undefined) return undefined;
	const name = match[2]?.toLowerCase();
	return toInstant({
		year: Number(match[3]),
		month: MONTHS.findIndex((each) => each.slice(0, 3).toLowerCase() === name) + 1,
		day: Number(match[1]),
		hour: Number(match[4]),
		minute: Number(match[5]),
		second: Number(match[6] ?? 0),
		milliseconds: 0,
		offsetMinutes,
	});
}

/** Units of a count since the Unix epoch, and milliseconds in one. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };

export function isEpochUnit(format: string): boolean {
	return Object.hasOwn(UNITS, format);
}

/** A number, or a text that is one. */
export function parseEpoch(value: string | number, unit: string): number | undefined {
	if (typeof value === 'string' && !/^-?\d{1,20}(?:\.\d{1,20})?$/.test(value)) return undefined;
	// Whole milliseconds; 1e-6 in a double is not exact, so small units divide.
	const factor = UNITS[unit] ?? 1;
	const count = Number(value);
	const ms = Math.floor(factor >= 1 ? count * factor : count / Math.round(1 / factor));
	return isInstant(ms) ? ms : undefined;
}

/**
 * A count of unknown unit, by its size: seconds below 1e11 (the year 5138), milliseconds below 1e14, microseconds below 1e17,
 * else nanoseconds. A text must have the digits of a time of our days: eight digits are a date, four a year.
 */
export function guessEpoch(value: string | number): number | undefined {
	if (typeof value === 'string' && !/^-?\d{9,19}(?:\.\d{1,20})?$/.test(value)) return undefined;
	const size = Math.abs(Number(value));
	return parseEpoch(value, size < 1e11 ? 's' : size < 1e14 ? 'ms' : size < 1e17 ? 'us' : 'ns');
}
