import { syntaxError } from './syntax-error';

import type { Source } from '../source';

/** Reads a number with digit separators (J11). @throws MappingError for malformed ones and for overflow */
export function readNumber(source: Source, start: number): { value: number; end: number } {
	const { text } = source;
	const fail = (at: number, message: string) =>
		syntaxError(source, { start, end: Math.min(at + 1, text.length) }, message);
	let at = start;
	const digits = (after: string) => {
		if (!isDigitAt(text, at)) {
			throw fail(at, `Couldn't lex number, junk after ${after}: ${shown(text, at)}`);
		}
		while (isDigitAt(text, at)) {
			at += 1;
			if (text.charAt(at) !== '_') continue;
			if (!isDigitAt(text, at + 1)) throw fail(at, "Couldn't lex number, junk after _");
			at += 1;
		}
	};
	if (text.charAt(at) === '0') {
		at += 1;
		if (isDigitAt(text, at) || text.charAt(at) === '_') {
			throw fail(at, `Couldn't lex number, junk after 0: ${shown(text, at)}`);
		}
	} else {
		digits('start');
	}
	if (text.charAt(at) === '.') {
		at += 1;
		digits('decimal point');
	}
	if (text.charAt(at) === 'e' || text.charAt(at) === 'E') {
		at += 1;
		if (text.charAt(at) === '+' || text.charAt(at) === '-') at += 1;
		digits('exponent');
	}
	const value = Number(text.slice(start, at).replaceAll('_', ''));
	if (!Number.isFinite(value)) throw fail(at - 1, 'Number literal overflows');
	return { value, end: at };
}

function isDigitAt(text: string, at: number): boolean {
	const char = text.charAt(at);
	return char >= '0' && char <= '9';
}

function shown(text: string, at: number): string {
	return at < text.length ? JSON.stringify(text.charAt(at)) : 'end of file';
}
