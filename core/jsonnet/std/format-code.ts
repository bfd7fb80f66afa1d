import { charge, runtimeError } from '../evaluate/run';

import type { NumberFormat } from './format-number';

/** One `%…` of a format string (J59). */
export interface FormatCode extends NumberFormat {
	/** `%(key)s` */
	readonly key: string | undefined;
	readonly zero: boolean;
	readonly left: boolean;
	readonly width: number | '*';
	readonly precision: number | '*' | undefined;
	readonly type: 'd' | 'o' | 'x' | 'e' | 'f' | 'g' | 'c' | 's' | '%';
}

const TYPES: ReadonlyMap<string, FormatCode['type']> = new Map([
	['d', 'd'],
	['i', 'd'],
	['u', 'd'],
	['o', 'o'],
	['x', 'x'],
	['X', 'x'],
	['e', 'e'],
	['E', 'e'],
	['f', 'f'],
	['F', 'f'],
	['g', 'g'],
	['G', 'g'],
	['c', 'c'],
	['s', 's'],
	['%', '%'],
]);

/** Formats are mostly literals of the template: the last few are kept parsed. */
const MAX_KNOWN = 64;
const MAX_KNOWN_LENGTH = 200;
const known = new Map<string, readonly (string | FormatCode)[]>();

/** Splits a format string into literal text and codes. */
export function parseFormat(format: string): readonly (string | FormatCode)[] {
	const before = known.get(format);
	if (before !== undefined) return before;
	charge(format.length);
	const parts: (string | FormatCode)[] = [];
	let at = 0;
	while (at < format.length) {
		const percent = format.indexOf('%', at);
		if (percent !== at) parts.push(format.slice(at, percent === -1 ? format.length : percent));
		if (percent === -1) break;
		const { code, end } = readCode(format, percent + 1);
		parts.push(code);
		at = end;
	}
	if (format.length <= MAX_KNOWN_LENGTH) {
		if (known.size >= MAX_KNOWN) known.clear();
		known.set(format, parts);
	}
	return parts;
}

function readCode(format: string, start: number): { code: FormatCode; end: number } {
	let at = start;
	const peek = (): string => {
		if (at >= format.length) throw runtimeError('Truncated format code.');
		return format.charAt(at);
	};
	const number = (): number | '*' => {
		if (peek() === '*') {
			at += 1;
			return '*';
		}
		let value = 0;
		while (isDigit(peek())) {
			value = value * 10 + Number(peek());
			at += 1;
		}
		return value;
	};
	let key: string | undefined;
	if (peek() === '(') {
		const end = format.indexOf(')', at);
		if (end === -1) throw runtimeError('Truncated format code.');
		key = format.slice(at + 1, end);
		at = end + 1;
	}
	const flags = { alternate: false, zero: false, left: false, blank: false, plus: false };
	for (;;) {
		const flag = FLAGS.get(peek());
		if (flag === undefined) break;
		flags[flag] = true;
		at += 1;
	}
	const width = number();
	let precision: number | '*' | undefined;
	if (peek() === '.') {
		at += 1;
		precision = number();
	}
	if ('hlL'.includes(peek())) at += 1;
	const letter = peek();
	const type = TYPES.get(letter);
	if (type === undefined) throw runtimeError(`Unrecognised conversion type: ${letter}`);
	const upperCase = letter >= 'A' && letter <= 'Z';
	return { code: { ...flags, key, width, precision, type, upperCase }, end: at + 1 };
}

const FLAGS: ReadonlyMap<string, 'alternate' | 'zero' | 'left' | 'blank' | 'plus'> = new Map([
	['#', 'alternate'],
	['0', 'zero'],
	['-', 'left'],
	[' ', 'blank'],
	['+', 'plus'],
]);

function isDigit(char: string): boolean {
	return char >= '0' && char <= '9';
}
