import { shorten } from '../message-text';

/** One text of Jsonnet with the name it has in errors; the name may be empty. */
export interface Source {
	readonly filename: string;
	readonly text: string;
}

/** A range of a source, in UTF-16 units, end exclusive. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** Lines start at 1, columns count code points from 1 (J87); the end is exclusive. */
export interface Place {
	readonly line: number;
	readonly column: number;
	readonly endLine: number;
	readonly endColumn: number;
}

/** UTF-16 units of a message: `error` and `assert` may be given any text (J88), a template any name. */
export const MAX_REASON = 1_000;
/** UTF-16 units of the name of a file, function or field in a place or a stack. */
export const MAX_SHOWN_NAME = 80;

const LINE_BREAK = 10;

export function placeOf(source: Source, span: Span): Place {
	const from = position(source.text, span.start);
	const to = position(source.text, span.end);
	return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** `file:1:1-8`, `file:(1:1)-(2:3)` over several lines, without a name `1:1-8` (J86). */
export function formatPlace(source: Source, place: Place): string {
	const { line, column, endLine, endColumn } = place;
	const name = shorten(source.filename, MAX_SHOWN_NAME);
	const prefix = name === '' ? '' : `${name}:`;
	if (line !== endLine) return `${prefix}(${line}:${column})-(${endLine}:${endColumn})`;
	return `${prefix}${line}:${column}${column === endColumn ? '' : `-${endColumn}`}`;
}

/** The first line of the range and a line of carets below; long lines are cut around the range. */
export function excerptOf(source: Source, span: Span): string {
	const { text } = source;
	const before = text.lastIndexOf('\n', span.start - 1) + 1;
	const after = text.indexOf('\n', span.start);
	const lineEnd = after === -1 ? text.length : after;
	const from = Math.max(before, span.start - 60);
	const to = Math.min(lineEnd, Math.max(span.start + 60, Math.min(span.end, from + 120)));
	const blank = text.slice(from, span.start).replaceAll(/[^\t]/gu, ' ');
	const marked = Math.max(1, Math.min(span.end, to) - span.start);
	return `${text.slice(from, to).trimEnd()}\n${blank}${'^'.repeat(marked)}`;
}

function position(text: string, offset: number): { line: number; column: number } {
	let line = 1;
	let column = 1;
	for (let i = 0; i < offset && i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (unit === LINE_BREAK) {
			line += 1;
			column = 1;
		} else if (!(unit >= 0xdc00 && unit <= 0xdfff && isHighSurrogate(text.charCodeAt(i - 1)))) {
			column += 1;
		}
	}
	return { line, column };
}

function isHighSurrogate(unit: number): boolean {
	return unit >= 0xd800 && unit <= 0xdbff;
}
