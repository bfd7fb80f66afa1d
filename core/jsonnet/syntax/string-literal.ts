import { syntaxError } from './syntax-error';

import type { Source } from '../source';

interface StringLiteral {
	readonly value: string;
	readonly end: number;
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
	['"', '"'],
	["'", "'"],
	['\\', '\\'],
	['/', '/'],
	['b', '\b'],
	['f', '\f'],
	['n', '\n'],
	['r', '\r'],
	['t', '\t'],
]);

/** Reads `"…"` or `'…'` with escapes (J12). */
export function readString(source: Source, start: number): StringLiteral {
	const { text } = source;
	const quote = text.charAt(start);
	const parts: string[] = [];
	let from = start + 1;
	let at = from;
	for (;;) {
		if (at >= text.length) throw unterminated(source, start);
		const char = text.charAt(at);
		if (char === quote) {
			parts.push(text.slice(from, at));
			return { value: parts.join(''), end: at + 1 };
		}
		if (char !== '\\') {
			at += 1;
			continue;
		}
		parts.push(text.slice(from, at));
		const escape = readEscape(source, at);
		parts.push(escape.value);
		at = escape.end;
		from = at;
	}
}

/** Reads `@"…"` or `@'…'`, where a doubled quote is a quote (J12). */
export function readVerbatim(source: Source, start: number): StringLiteral {
	const { text } = source;
	const quote = text.charAt(start + 1);
	if (quote !== '"' && quote !== "'") {
		const span = { start, end: start + 1 };
		throw syntaxError(source, span, "Couldn't lex verbatim string, junk after '@'");
	}
	const parts: string[] = [];
	let from = start + 2;
	for (;;) {
		const at = text.indexOf(quote, from);
		if (at === -1) throw unterminated(source, start);
		parts.push(text.slice(from, at));
		if (text.charAt(at + 1) !== quote) return { value: parts.join(''), end: at + 1 };
		parts.push(quote);
		from = at + 2;
	}
}

function readEscape(source: Source, start: number): StringLiteral {
	const { text } = source;
	const letter = text.charAt(start + 1);
	const simple = SIMPLE_ESCAPES.get(letter);
	if (simple !== undefined) return { value: simple, end: start + 2 };
	if (letter !== 'u') {
		const span = { start, end: Math.min(start + 2, text.length) };
		throw syntaxError(
			source,
			span,
			`Unknown escape sequence in string literal: ${JSON.stringify(letter)}`,
		);
	}
	const unit = readHex(source, start);
	if (unit < 0xd800 || unit > 0xdfff) return { value: String.fromCharCode(unit), end: start + 6 };
	const isPair = unit <= 0xdbff && text.startsWith('\\u', start + 6);
	const low = isPair ? readHex(source, start + 6) : 0;
	if (low < 0xdc00 || low > 0xdfff) {
		throw syntaxError(
			source,
			{ start, end: start + 6 },
			'Invalid surrogate escape in string literal: it has no partner',
		);
	}
	return { value: String.fromCharCode(unit, low), end: start + 12 };
}

function readHex(source: Source, start: number): number {
	const digits = source.text.slice(start + 2, start + 6);
	if (/^[0-9a-fA-F]{4}$/.test(digits)) return Number.parseInt(digits, 16);
	const span = { start, end: Math.min(start + 6, source.text.length) };
	throw syntaxError(
		source,
		span,
		`Invalid unicode escape sequence in string literal: ${JSON.stringify(digits)}`,
	);
}

function unterminated(source: Source, start: number) {
	return syntaxError(source, { start, end: start + 1 }, 'Unterminated string');
}
