import { allocateString, checkStringLength } from '../evaluate/run';
import { quote } from '../write/string-text';

/** Text that a writer of `std` has made: counted as it is made, so that no writer outgrows the limits (J93). */
export function counted(text: string): string {
	allocateString(text.length);
	return text;
}

/** Counted before it is quoted. */
export function countedQuote(text: string): string {
	allocateString(text.length + 2);
	return quote(text);
}

/** Joins parts; the length is checked first, since the parts may be one long string many times. */
export function countedJoin(parts: readonly string[], separator: string): string {
	let units = 0;
	for (const part of parts) units += part.length + separator.length;
	checkStringLength(units);
	return counted(parts.join(separator));
}
