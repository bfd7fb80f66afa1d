/**
 * Reads a time by a pattern with the letters of strptime. The whole text must fit.
 *
 * To add a letter: a line in LETTERS, in the table of docs/templates.md, and a row in its test.
 */
import { DAYS, MONTHS } from './strftime';
import {
	epochFields,
	parseOffset,
	toInstant,
	toMilliseconds,
	type TimeFields,
} from './time-fields';

interface Reading extends TimeFields {
	half: 'AM' | 'PM' | undefined;
	dayOfYear: number | undefined;
	epochSeconds: number | undefined;
}

/** What a letter matches, and what it says. */
interface Letter {
	readonly pattern: RegExp;
	readonly set: (reading: Reading, text: string) => void;
}

const number = (name: keyof TimeFields, isPadded = false): Letter => ({
	pattern: isPadded ? / ?\d{1,2}/y : /\d{1,2}/y,
	set: (reading, text) => void (reading[name] = Number(text)),
});
const ignored = (pattern: RegExp): Letter => ({ pattern, set: () => {} });
const names = (list: readonly string[]): RegExp =>
	new RegExp(list.map((each) => `${each}|${each.slice(0, 3)}`).join('|'), 'iy');

const monthName: Letter = {
	pattern: names(MONTHS),
	set(reading, text) {
		const short = text.slice(0, 3).toLowerCase();
		reading.month = MONTHS.findIndex((each) => each.toLowerCase().startsWith(short)) + 1;
	},
};
const dayName = ignored(names(DAYS));
const blanks = ignored(/\s+/y);
const hour = number('hour');

const LETTERS: Readonly<Record<string, Letter>> = {
	Y: { pattern: /\d{4}/y, set: (reading, text) => void (reading.year = Number(text)) },
	y: {
		pattern: /\d\d/y,
		// As in POSIX.
		set: (reading, text) => void (reading.year = Number(text) + (Number(text) < 69 ? 2000 : 1900)),
	},
	m: number('month'),
	B: monthName,
	b: monthName,
	h: monthName,
	d: number('day'),
	e: number('day', true),
	j: { pattern: /\d{1,3}/y, set: (reading, text) => void (reading.dayOfYear = Number(text)) },
	A: dayName,
	a: dayName,
	H: hour,
	k: number('hour', true),
	I: hour,
	l: number('hour', true),
	M: number('minute'),
	S: number('second'),
	f: {
		pattern: /\d{1,9}/y,
		set: (reading, text) => void (reading.milliseconds = toMilliseconds(text)),
	},
	p: {
		pattern: /[AP]M/iy,
		set: (reading, text) => void (reading.half = text.toUpperCase() === 'AM' ? 'AM' : 'PM'),
	},
	z: {
		pattern: /Z|[+-]\d\d(?::?\d\d)?/iy,
		set: (reading, text) => void (reading.offsetMinutes = parseOffset(text) ?? Number.NaN),
	},
	Z: ignored(/UTC|GMT|Z/iy),
	s: {
		pattern: /-?\d{1,12}/y,
		set: (reading, text) => void (reading.epochSeconds = Number(text)),
	},
	n: blanks,
	t: blanks,
	'%': ignored(/%/y),
};

/** Letters that stand for several. */
const COMPOSED: Readonly<Record<string, string>> = {
	F: '%Y-%m-%d',
	T: '%H:%M:%S',
	R: '%H:%M',
	D: '%m/%d/%y',
};

/**
 * @returns milliseconds since the Unix epoch; undefined when the text does not fit
 * @throws Error when the format has an unknown letter
 */
export function parseByPattern(text: string, format: string): number | undefined {
	const reading: Reading = {
		...epochFields(),
		half: undefined,
		dayOfYear: undefined,
		epochSeconds: undefined,
	};
	let at = 0;
	for (const part of partsOf(format)) {
		if (at < 0) continue;
		if (typeof part === 'string') {
			at = text.startsWith(part, at) ? at + part.length : -1;
			continue;
		}
		part.pattern.lastIndex = at;
		const [found] = part.pattern.exec(text) ?? [];
		if (found !== undefined) part.set(reading, found);
		at = found === undefined ? -1 : at + found.length;
	}
	return at === text.length ? instantOf(reading) : undefined;
}

function* partsOf(format: string): Generator<string | Letter> {
	const expanded = format.replaceAll(/%([%FTRD])/g, (whole, letter: string) =>
		Object.hasOwn(COMPOSED, letter) ? (COMPOSED[letter] ?? whole) : whole,
	);
	for (let index = 0; index < expanded.length; index++) {
		const char = expanded.charAt(index);
		if (char !== '%') {
			yield /\s/.test(char) ? blanks : char;
			while (/\s/.test(char) && /\s/.test(expanded.charAt(index + 1))) index += 1;
			continue;
		}
		index += 1;
		const letter = expanded.charAt(index);
		const known = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined;
		if (!known) {
			const problem = letter === '' ? 'stray % at the end' : `unknown specification %${letter}`;
			throw new Error(`datetime format ${JSON.stringify(format)} is invalid: ${problem}`);
		}
		yield known;
	}
}

function instantOf(reading: Reading): number | undefined {
	const { dayOfYear, epochSeconds, half } = reading;
	if (epochSeconds !== undefined) {
		return toInstant({
			...epochFields(),
			milliseconds: epochSeconds * 1000 + reading.milliseconds,
		});
	}
	if (half !== undefined) {
		if (reading.hour < 1 || reading.hour > 12) return undefined;
		reading.hour = (reading.hour % 12) + (half === 'PM' ? 12 : 0);
	}
	if (dayOfYear === undefined) return toInstant(reading);
	const january = toInstant({ ...reading, month: 1, day: 1 });
	const isLeap =
		toInstant({ ...epochFields(), year: reading.year, month: 2, day: 29 }) !== undefined;
	if (january === undefined || dayOfYear < 1 || dayOfYear > (isLeap ? 366 : 365)) return undefined;
	return january + (dayOfYear - 1) * 86_400_000;
}
