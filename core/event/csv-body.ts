import { ReceiveError } from '../errors';
import { BODY_BYTES } from '../pure/bounds';

/** What stands between the fields of a line, by the name that people choose it by. */
export const CSV_DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;

export type CsvDelimiter = keyof typeof CSV_DELIMITERS;

export const CSV_DELIMITER_NAMES = Object.keys(CSV_DELIMITERS) as readonly CsvDelimiter[];

export interface CsvOptions {
	/** Default comma (RFC 4180). */
	readonly delimiter?: CsvDelimiter | undefined;
	/** The first line names the columns; default true. Without it they are `column1`, `column2`, … */
	readonly hasHeader?: boolean | undefined;
}

/** A line as an object of texts; it may go over several lines of the text, within quotes. */
export type CsvRecord = Record<string, string>;

/** Each object repeats the names of all columns, so that a small text could become a large one. */
const MAX_WRITTEN_LENGTH = BODY_BYTES.max;

/**
 * Reads CSV (RFC 4180) into objects. Lines end with `\r\n`, `\n` or `\r`; those that are blank are left out. Quotes within a field that does
 * not begin with one are letters. A column without a name is called by its place, `column2`.
 *
 * @param text without a byte order mark
 * @throws ReceiveError ERR_BODY_UNREADABLE naming the line, for one with more or fewer fields than there are columns, for quotes that
 *   do not end, or end before their field does, and for two columns of one name; ERR_BODY_TOO_LARGE where the objects would be
 */
export function* csvRecords(text: string, options: CsvOptions = {}): Generator<CsvRecord> {
	const { delimiter = 'comma', hasHeader = true } = options;
	let columns: readonly string[] | undefined;
	let namesLength = 0;
	let written = 0;
	for (const { fields, line } of linesOf(text, CSV_DELIMITERS[delimiter])) {
		if (columns === undefined) {
			columns = columnsOf(hasHeader ? fields : fields.map(() => ''), line);
			// Names with their quotes, colon and comma, and the quotes of the values.
			namesLength = columns.reduce((sum, name) => sum + name.length + 6, 2);
			if (hasHeader) continue;
		}
		if (fields.length !== columns.length) {
			const problem = `line ${line} has ${count(fields.length, 'field')}, and there are ${count(columns.length, 'column')}`;
			throw unreadable(problem, line);
		}
		written += fields.reduce((sum, field) => sum + field.length, namesLength);
		if (written > MAX_WRITTEN_LENGTH) throw tooLarge(columns.length);
		yield recordOf(columns, fields);
	}
}

interface Line {
	readonly fields: readonly string[];
	/** From 1, where it begins. */
	readonly line: number;
}

function* linesOf(text: string, delimiter: string): Generator<Line> {
	const cursor = { at: 0, line: 1 };
	// What a field without quotes ends with.
	const end = new RegExp(`[${delimiter}\r\n]`, 'g');
	while (cursor.at < text.length) {
		const { line, at: start } = cursor;
		const fields = [fieldAt(text, cursor, end)];
		while (text[cursor.at] === delimiter) {
			cursor.at++;
			fields.push(fieldAt(text, cursor, end));
		}
		const isBlank = fields.length === 1 && text[start] !== '"' && fields[0]?.trim() === '';
		if (text[cursor.at] === '\r') cursor.at += text[cursor.at + 1] === '\n' ? 2 : 1;
		else cursor.at += 1;
		cursor.line += 1;
		if (!isBlank) yield { fields, line };
	}
}

interface Cursor {
	at: number;
	line: number;
}

/** Leaves the cursor at what ends the field: a delimiter, the end of a line, or of the text. */
function fieldAt(text: string, cursor: Cursor, end: RegExp): string {
	if (text[cursor.at] === '"') return quotedAt(text, cursor, end);
	end.lastIndex = cursor.at;
	const stop = end.exec(text)?.index ?? text.length;
	const field = text.slice(cursor.at, stop);
	cursor.at = stop;
	return field;
}

function quotedAt(text: string, cursor: Cursor, end: RegExp): string {
	const { line, at: start } = cursor;
	let close = text.indexOf('"', start + 1);
	while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
	if (close < 0) throw unreadable(`the quotes that open in line ${line} do not end`, line);
	const inside = text.slice(start + 1, close);
	cursor.line += inside.match(/\r\n|\n|\r/g)?.length ?? 0;
	cursor.at = close + 1;
	end.lastIndex = cursor.at;
	if (cursor.at < text.length && end.exec(text)?.index !== cursor.at) {
		throw unreadable(`something follows the quotes that end in line ${cursor.line}`, cursor.line);
	}
	return inside.replaceAll('""', '"');
}

function columnsOf(header: readonly string[], line: number): readonly string[] {
	const names = header.map((name, index) => (name.trim() === '' ? `column${index + 1}` : name));
	const seen = new Map<string, number>();
	for (const [index, name] of names.entries()) {
		const first = seen.get(name);
		if (first !== undefined) {
			const problem = `columns ${first + 1} and ${index + 1} have the same name in line ${line}`;
			throw unreadable(problem, line);
		}
		seen.set(name, index);
	}
	return names;
}

/** As `JSON.parse` makes one: names such as `__proto__` are data. Objects without a prototype would be many times slower to make. */
function recordOf(columns: readonly string[], fields: readonly string[]): CsvRecord {
	const record: CsvRecord = {};
	columns.forEach((name, index) => {
		const value = fields[index] ?? '';
		if (name !== '__proto__') record[name] = value;
		else Object.defineProperty(record, name, { ...AS_ASSIGNED, value });
	});
	return record;
}

const AS_ASSIGNED = { enumerable: true, configurable: true, writable: true } as const;

function count(n: number, noun: string): string {
	return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function unreadable(problem: string, line: number): ReceiveError {
	return new ReceiveError('ERR_BODY_UNREADABLE', `invalid CSV: ${problem}`, { details: { line } });
}

function tooLarge(columns: number): ReceiveError {
	return new ReceiveError(
		'ERR_BODY_TOO_LARGE',
		`as objects, each with the names of ${count(columns, 'column')}, the CSV has more than ${MAX_WRITTEN_LENGTH} characters; send it in parts`,
		{ details: { limit: MAX_WRITTEN_LENGTH } },
	);
}
