/**
 * strftime, in UTC unless an offset is given, with the letters of K98. A format is parsed once and used for many instants.
 *
 * To add a letter: a line in LETTERS and a row in its test.
 */

import { formatOffset } from './time-fields';

/** Writes one instant. For another zone the date is shifted by the offset, which `%z` and `%Z` then write. */
export type TimeFormat = (at: Date, offsetMinutes?: number) => string;

/** ISO 8601 with milliseconds, the default of `Now()` (K98). */
export const DEFAULT_TIME_FORMAT = '%Y-%m-%dT%H:%M:%S.%fZ';

/** UTF-16 units of a format; one letter writes 24 characters at most. */
export const MAX_TIME_FORMAT = 1_000;

/** @throws Error, worded as K98, when a letter is unknown or the last `%` stands alone */
export function parseTimeFormat(format: string): TimeFormat {
	const parts: TimeFormat[] = [];
	for (let index = 0; index < format.length; index++) {
		const percent = format.indexOf('%', index);
		const literal = format.slice(index, percent < 0 ? undefined : percent);
		if (literal !== '') parts.push(() => literal);
		if (percent < 0) break;
		parts.push(letterAt(format, percent + 1));
		index = percent + 1;
	}
	return (at, offset) => parts.map((part) => part(at, offset)).join('');
}

function letterAt(format: string, index: number): TimeFormat {
	const letter = format.charAt(index);
	const write = LETTERS.get(letter);
	if (write) return write;
	const problem = letter === '' ? 'stray % at the end' : `unknown specification %${letter}`;
	throw new Error(`datetime format ${JSON.stringify(format)} is invalid: ${problem}`);
}

export const DAYS: readonly string[] = [
	'Sunday',
	'Monday',
	'Tuesday',
	'Wednesday',
	'Thursday',
	'Friday',
	'Saturday',
];
export const MONTHS: readonly string[] = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December',
];
const DAY_MS = 86_400_000;

const zeros = (value: number, width = 2): string => String(value).padStart(width, '0');
const spaces = (value: number): string => String(value).padStart(2, ' ');
const dayName = (at: Date): string => DAYS[at.getUTCDay()] ?? '';
const monthName = (at: Date): string => MONTHS[at.getUTCMonth()] ?? '';
const hour12 = (at: Date): number => at.getUTCHours() % 12 || 12;
const half = (at: Date): string => (at.getUTCHours() < 12 ? 'AM' : 'PM');
const year = (at: Date): string => zeros(at.getUTCFullYear(), 4);
const shortYear = (at: Date): string => zeros(at.getUTCFullYear() % 100);
const month = (at: Date): string => zeros(at.getUTCMonth() + 1);
const day = (at: Date): string => zeros(at.getUTCDate());
const hour = (at: Date): string => zeros(at.getUTCHours());
const minute = (at: Date): string => zeros(at.getUTCMinutes());
const second = (at: Date): string => zeros(at.getUTCSeconds());
const time = (at: Date): string => `${hour(at)}:${minute(at)}:${second(at)}`;
const americanDate = (at: Date): string => `${month(at)}/${day(at)}/${shortYear(at)}`;

const LETTERS: ReadonlyMap<string, TimeFormat> = new Map(
	Object.entries<TimeFormat>({
		'%': () => '%',
		A: dayName,
		a: (at) => dayName(at).slice(0, 3),
		B: monthName,
		b: (at) => monthName(at).slice(0, 3),
		C: (at) => zeros(Math.floor(at.getUTCFullYear() / 100)),
		c: (at) =>
			`${dayName(at).slice(0, 3)} ${monthName(at).slice(0, 3)} ${spaces(at.getUTCDate())} ${time(at)} ${year(at)}`,
		D: americanDate,
		d: day,
		e: (at) => spaces(at.getUTCDate()),
		F: (at) => `${year(at)}-${month(at)}-${day(at)}`,
		f: (at) => zeros(at.getUTCMilliseconds(), 3),
		G: (at) => zeros(isoWeek(at).year, 4),
		g: (at) => zeros(isoWeek(at).year % 100),
		H: hour,
		h: (at) => monthName(at).slice(0, 3),
		I: (at) => zeros(hour12(at)),
		j: (at) => zeros(dayOfYear(at) + 1, 3),
		k: (at) => spaces(at.getUTCHours()),
		l: (at) => spaces(hour12(at)),
		M: minute,
		m: month,
		n: () => '\n',
		p: half,
		R: (at) => `${hour(at)}:${minute(at)}`,
		r: (at) => `${zeros(hour12(at))}:${minute(at)}:${second(at)} ${half(at)}`,
		S: second,
		T: time,
		t: () => '\t',
		U: (at) => zeros(weekOfYear(at, 0)),
		u: (at) => String(at.getUTCDay() || 7),
		V: (at) => zeros(isoWeek(at).week),
		v: (at) => `${spaces(at.getUTCDate())}-${monthName(at).slice(0, 3)}-${year(at)}`,
		W: (at) => zeros(weekOfYear(at, 1)),
		w: (at) => String(at.getUTCDay()),
		X: time,
		x: americanDate,
		Y: year,
		y: shortYear,
		Z: (_at, offset = 0) => (offset === 0 ? 'UTC' : formatOffset(offset, ':')),
		z: (_at, offset = 0) => formatOffset(offset),
	}),
);

/** 0 for the first of January. */
function dayOfYear(at: Date): number {
	const midnight = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
	return (midnight - Date.UTC(at.getUTCFullYear(), 0, 1)) / DAY_MS;
}

/** Weeks since the first `firstDay` (0 Sunday, 1 Monday) of the year; the days before it are week 0, as in C. */
function weekOfYear(at: Date, firstDay: 0 | 1): number {
	const weekday = (at.getUTCDay() - firstDay + 7) % 7;
	return Math.floor((dayOfYear(at) + 7 - weekday) / 7);
}

/** ISO 8601: week 1 has the first Thursday, and a week belongs to the year of its Thursday. */
function isoWeek(at: Date): { year: number; week: number } {
	const daysToThursday = 4 - (at.getUTCDay() || 7);
	const thursday = new Date(at.getTime() + daysToThursday * DAY_MS);
	return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}
