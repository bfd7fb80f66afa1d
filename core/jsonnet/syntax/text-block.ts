import { syntaxError } from './syntax-error';

import type { Source } from '../source';

/** Reads `||| … |||` and `|||- … |||` (J13). */
export function readTextBlock(source: Source, start: number): { value: string; end: number } {
	const { text } = source;
	const fail = (message: string, at = start + 3) =>
		syntaxError(source, { start, end: Math.min(at, text.length) }, message);
	let at = start + 3;
	const chomp = text.charAt(at) === '-';
	if (chomp) at += 1;
	while (isBlank(text.charAt(at)) || text.charAt(at) === '\r') at += 1;
	if (text.charAt(at) !== '\n') throw fail('Text block requires new line after |||.');
	at += 1;

	const lines: string[] = [];
	const skipEmptyLines = () => {
		for (;;) {
			const size = emptyLineAt(text, at);
			if (size === 0) return;
			// The line ends of the file stay as they are.
			lines.push(text.slice(at, at + size));
			at += size;
		}
	};
	skipEmptyLines();
	const indent = indentAt(text, at);
	if (indent === '') throw fail("Text block's first line must start with whitespace.", at + 1);
	while (text.startsWith(indent, at)) {
		const lineEnd = text.indexOf('\n', at);
		if (lineEnd === -1) throw fail('Text block not terminated with |||', at);
		lines.push(text.slice(at + indent.length, lineEnd + 1));
		at = lineEnd + 1;
		skipEmptyLines();
	}
	at += indentAt(text, at).length;
	if (!text.startsWith('|||', at)) throw fail('Text block not terminated with |||', at + 1);
	const value = lines.join('');
	return { value: chomp ? withoutLineBreak(value) : value, end: at + 3 };
}

function withoutLineBreak(text: string): string {
	return text.slice(0, text.endsWith('\r\n') ? -2 : -1);
}

function indentAt(text: string, at: number): string {
	let end = at;
	while (isBlank(text.charAt(end))) end += 1;
	return text.slice(at, end);
}

function isBlank(char: string): boolean {
	return char === ' ' || char === '\t';
}

/** Length of an empty line at this place with its line break; 0 when there is none. */
function emptyLineAt(text: string, at: number): number {
	if (text.charAt(at) === '\n') return 1;
	return text.charAt(at) === '\r' && text.charAt(at + 1) === '\n' ? 2 : 0;
}
