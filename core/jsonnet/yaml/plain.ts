import { foldLines } from './quoted';

import type { YamlCursor } from './cursor';

const FLOW_INDICATORS = ',[]{}';
const NEVER_PLAIN = ',[]{}#&*!|>\'"%@`';

/** A plain scalar; further lines at or right of `minimum` are folded into it. */
export function readPlain(cursor: YamlCursor, minimum: number, isFlow: boolean): string {
	const { char } = cursor;
	const isIndicator =
		'-?:'.includes(char) &&
		(cursor.isBlank(1) || (isFlow && FLOW_INDICATORS.includes(cursor.peek())));
	if (char !== '' && (NEVER_PLAIN.includes(char) || isIndicator)) {
		if (char === ':' && isIndicator) return '';
		throw cursor.fail('found character that cannot start any token');
	}
	const parts = [plainLine(cursor, isFlow)];
	while (cursor.char === '\n') {
		const folded = continuation(cursor, minimum, isFlow);
		if (folded === undefined) break;
		parts.push(folded, plainLine(cursor, isFlow));
		if (!isFlow && isColonAhead(cursor)) {
			throw cursor.fail('mapping values are not allowed in this context');
		}
	}
	return parts.join('');
}

/** The folded line breaks before a line that continues the scalar; undefined, with nothing taken, when none does. */
function continuation(cursor: YamlCursor, minimum: number, isFlow: boolean): string | undefined {
	const { text } = cursor;
	let at = cursor.at;
	let lineStart = at;
	while (text.charAt(at) === '\n' || text.charAt(at) === ' ' || text.charAt(at) === '\t') {
		if (text.charAt(at) === '\n') lineStart = at + 1;
		at += 1;
	}
	const char = text.charAt(at);
	if (char === '' || char === '#') return undefined;
	if (isFlow ? FLOW_INDICATORS.includes(char) : at - lineStart < minimum) return undefined;
	if (isFlow && char === ':' && ' \n\t'.includes(text.charAt(at + 1))) return undefined;
	return foldLines(cursor);
}

/** Up to `: `, ` #`, the end of the line, or in a flow collection one of its indicators. */
function plainLine(cursor: YamlCursor, isFlow: boolean): string {
	const start = cursor.at;
	let end = start;
	while (!cursor.atEnd && cursor.char !== '\n') {
		const { char } = cursor;
		if (char === ':' && (cursor.isBlank(1) || (isFlow && FLOW_INDICATORS.includes(cursor.peek()))))
			break;
		if (char === '#' && cursor.at > start && cursor.isBlank(-1)) break;
		if (isFlow && FLOW_INDICATORS.includes(char)) break;
		cursor.at += 1;
		if (char !== ' ' && char !== '\t') end = cursor.at;
	}
	if (cursor.char === '\n') return cursor.text.slice(start, end);
	cursor.at = end;
	return cursor.text.slice(start, end);
}

/** Whether only blanks are left before a colon that would make the text a key. */
export function isColonAhead(cursor: YamlCursor): boolean {
	let ahead = 0;
	while (cursor.peek(ahead) === ' ' || cursor.peek(ahead) === '\t') ahead += 1;
	return cursor.peek(ahead) === ':' && cursor.isBlank(ahead + 1);
}
