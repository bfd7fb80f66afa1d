import type { YamlCursor } from './cursor';

const ESCAPES: ReadonlyMap<string, string> = new Map([
	['0', '\0'],
	['a', '\x07'],
	['b', '\b'],
	['t', '\t'],
	['\t', '\t'],
	['n', '\n'],
	['v', '\v'],
	['f', '\f'],
	['r', '\r'],
	['e', '\x1b'],
	[' ', ' '],
	['"', '"'],
	["'", "'"],
	['/', '/'],
	['\\', '\\'],
	['N', '\u0085'],
	['_', '\u00a0'],
	['L', '\u2028'],
	['P', '\u2029'],
]);

const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
	['x', 2],
	['u', 4],
	['U', 8],
]);

/** Reads `'…'` or `"…"`; a line break in it is folded to a blank, further ones stay. */
export function readQuoted(cursor: YamlCursor): string {
	const quote = cursor.char;
	const parts: string[] = [];
	let from = ++cursor.at;
	const flush = () => {
		parts.push(cursor.text.slice(from, cursor.at));
	};
	for (;;) {
		if (cursor.atEnd) throw cursor.fail('found unexpected end of stream in a quoted scalar');
		const { char } = cursor;
		if (char === quote) {
			flush();
			cursor.at += 1;
			if (quote === '"' || cursor.char !== "'") return parts.join('');
			from = cursor.at;
			cursor.at += 1;
		} else if (char === '\n') {
			flush();
			const last = parts.pop() ?? '';
			parts.push(trimBlanks(last), foldLines(cursor));
			from = cursor.at;
		} else if (char === '\\' && quote === '"') {
			flush();
			parts.push(readEscape(cursor));
			from = cursor.at;
		} else {
			cursor.at += 1;
		}
	}
}

/** Skips line breaks and the blanks around them: one break is a blank, n are n - 1 breaks. */
export function foldLines(cursor: YamlCursor): string {
	let breaks = 0;
	while (cursor.char === '\n') {
		breaks += 1;
		cursor.nextLine();
		cursor.skipSpaces();
	}
	return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

function readEscape(cursor: YamlCursor): string {
	const letter = cursor.peek();
	if (letter === '\n') {
		cursor.at += 1;
		const folded = foldLines(cursor);
		return folded === ' ' ? '' : folded;
	}
	const simple = ESCAPES.get(letter);
	if (simple !== undefined) {
		cursor.at += 2;
		return simple;
	}
	const length = HEX_LENGTHS.get(letter);
	if (length === undefined) throw cursor.fail('found unknown escape character');
	const digits = cursor.text.slice(cursor.at + 2, cursor.at + 2 + length);
	const point = /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
	if (digits.length < length || !(point <= 0x10ffff)) {
		throw cursor.fail('did not find expected hexdecimal number');
	}
	if (point >= 0xd800 && point <= 0xdfff) {
		throw cursor.fail('found invalid Unicode character escape code');
	}
	cursor.at += 2 + length;
	return String.fromCodePoint(point);
}

function trimBlanks(text: string): string {
	let end = text.length;
	while (text.charAt(end - 1) === ' ' || text.charAt(end - 1) === '\t') end -= 1;
	return text.slice(0, end);
}
