/**
 * What a column of a table holds, and what of a cell's text is written there. To add a type: its name (`pure/cell-type-names.ts`), a line in `TYPES`, and
 * one in each dialect (`table-dialect.ts`). Pure.
 */
import type { CellType } from '../../pure/cell-type-names';
import { instantOf } from '../../pure/instant';

export interface TableColumn {
	readonly name: string;
	readonly type: CellType;
}

interface TypeOfCell {
	/** For messages. */
	readonly expected: string;
	/** @returns the text as both databases read it, null for nothing, undefined for what is none of the type */
	write(text: string): string | null | undefined;
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const MAX_NUMBER = 1_000;
const INSTANT =
	/^(\d{4}-\d\d-\d\d)[Tt](\d\d:[0-5]\d:[0-5]\d)(?:\.(\d{1,6})\d*)?([Zz]|[+-]\d\d:\d\d)$/;
const BOOLEANS = new Map([
	['true', '1'],
	['1', '1'],
	['false', '0'],
	['0', '0'],
]);

const TYPES: Readonly<Record<CellType, TypeOfCell>> = {
	text: { expected: 'a text without NUL characters', write: (text) => text },
	number: {
		expected: 'a number, such as -12.5',
		write: (text) => orNull(text, isNumber(text) ? text : undefined),
	},
	boolean: {
		expected: 'true or false',
		write: (text) => orNull(text, BOOLEANS.get(text.toLowerCase())),
	},
	timestamp: {
		expected: 'an instant with its zone, such as 2026-01-31T12:00:00Z',
		write: (text) => orNull(text, instantText(text)),
	},
	json: { expected: 'JSON without NUL characters', write: (text) => orNull(text, jsonOf(text)) },
};

export function expectedOf(type: CellType): string {
	return TYPES[type].expected;
}

/**
 * What is written of a cell. Neither database keeps NUL in a text as it is, nor half a character.
 *
 * @returns undefined for a cell that is none of its type
 */
export function writeCell(type: CellType, cell: string | null): string | null | undefined {
	if (cell === null) return null;
	if (cell.includes('\0') || !cell.isWellFormed()) return undefined;
	return TYPES[type].write(cell);
}

/** No text is no value, of all that are not texts. */
function orNull(text: string, written: string | undefined): string | null | undefined {
	return text === '' ? null : written;
}

/** Beyond a double SQLite would make infinity of it. */
function isNumber(text: string): boolean {
	return text.length <= MAX_NUMBER && NUMBER.test(text) && Number.isFinite(Number(text));
}

/** In UTC with milliseconds, microseconds where there are any, so that texts sort as instants do. */
function instantText(text: string): string | undefined {
	const [, date = '', time = '', fraction = '', zone = ''] = INSTANT.exec(text) ?? [];
	if (!isDay(date)) return undefined;
	const seconds = /z/i.test(zone) && time < '24' ? `${date}T${time}` : secondsInUtc(text);
	return seconds && `${seconds}.${fraction.padEnd(fraction.length > 3 ? 6 : 3, '0')}Z`;
}

function secondsInUtc(text: string): string | undefined {
	const at = instantOf(text);
	if (at === undefined) return undefined;
	const seconds = new Date(Math.floor(at / 1_000) * 1_000).toISOString().slice(0, 19);
	return seconds.startsWith('+') || seconds.startsWith('-') ? undefined : seconds;
}

// Rows of a batch are mostly of one day, and to look into the calendar takes as long as all else.
let lastDay = '';

/** Dates count on beyond the end of a month. */
function isDay(date: string): boolean {
	if (date !== '' && date === lastDay) return true;
	const at = Date.parse(`${date}T00:00:00Z`);
	if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(date)) return false;
	lastDay = date;
	return true;
}

function jsonOf(text: string): string | undefined {
	try {
		const value: unknown = JSON.parse(text);
		// Escaped, it passes as text and is refused by the database.
		return /\\u(?:0000|d[89a-f])/i.test(text) && !isClean(value) ? undefined : text;
	} catch {
		return undefined;
	}
}

function isClean(value: unknown): boolean {
	if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
	if (typeof value !== 'object' || value === null) return true;
	return Object.entries(value).every(([name, one]) => isClean(name) && isClean(one));
}
