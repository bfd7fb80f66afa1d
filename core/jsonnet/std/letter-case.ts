import { allocateString, charge } from '../evaluate/run';
import { textPoints } from '../evaluate/text';

export function asciiUpper(text: string): string {
	count(text);
	if (isAscii(text)) return text.toUpperCase();
	return Array.from(text, (char) => (char >= 'a' && char <= 'z' ? char.toUpperCase() : char)).join(
		'',
	);
}

export function asciiLower(text: string): string {
	count(text);
	if (isAscii(text)) return text.toLowerCase();
	return Array.from(text, (char) => (char >= 'A' && char <= 'Z' ? char.toLowerCase() : char)).join(
		'',
	);
}

/** By simple Unicode folding, one code point to one: É is é, the Kelvin sign is k, ß is not SS (J61). */
export function equalsIgnoreCase(a: string, b: string): boolean {
	if (a === b) return true;
	charge(a.length >>> 4);
	const left = textPoints(a);
	const right = textPoints(b);
	return (
		left.length === right.length && left.every((char, i) => fold(char) === fold(right[i] ?? ''))
	);
}

function count(text: string): void {
	allocateString(text.length);
	charge(text.length >>> 3);
}

function fold(char: string): string {
	// The dotless ı has the capital I, but folds to nothing else.
	if (char === '\u0131') return char;
	const upper = char.toUpperCase();
	const lower = (isOnePoint(upper) ? upper : char).toLowerCase();
	return isOnePoint(lower) ? lower : char;
}

function isOnePoint(text: string): boolean {
	return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
}

function isAscii(text: string): boolean {
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
	return true;
}
