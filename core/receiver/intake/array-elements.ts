import { endOfString } from '../../event/depth';
import { parseJsonBody } from '../../event/json-body';
import { bomLength } from '../../event/utf8';
import type { Part } from './part';

const [QUOTE, COMMA] = [0x22, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The elements of a JSON array, without the white space around them; the whole body where it is no array. Looks at brackets, commas
 * and strings alone: an array of valid elements is valid, and the others are found where they are read.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE where the array does not end, or something follows it
 */
export function* arrayElements(body: Uint8Array): Generator<Part> {
	const first = skipSpace(body, bomLength(body));
	if (body[first] !== LIST) return yield { bytes: body, at: 0 };
	let start = first + 1;
	let isEmpty = true;
	let depth = 0;
	for (let i = start; i < body.length; i++) {
		const byte = body[i];
		if (byte === QUOTE) i = endOfString(body, i);
		else if (byte === LIST || byte === OBJECT) depth++;
		else if (depth > 0 && (byte === LIST_END || byte === OBJECT_END)) depth--;
		else if (depth === 0 && byte === COMMA) {
			yield trimmed(body, start, i);
			start = i + 1;
			isEmpty = false;
		} else if (depth === 0 && byte === LIST_END) {
			const last = trimmed(body, start, i);
			if (skipSpace(body, i + 1) < body.length) parseJsonBody(body);
			if (!isEmpty || last.bytes.length > 0) yield last;
			return;
		}
	}
	// It fails, and says where.
	parseJsonBody(body);
}

function trimmed(body: Uint8Array, from: number, to: number): Part {
	const start = Math.min(skipSpace(body, from), to);
	let end = to;
	while (end > start && isSpace(body[end - 1])) end--;
	return { bytes: body.subarray(start, end), at: start };
}

function skipSpace(body: Uint8Array, from: number): number {
	let i = from;
	while (i < body.length && isSpace(body[i])) i++;
	return i;
}

/** Of JSON (RFC 8259, 2). */
function isSpace(byte: number | undefined): boolean {
	return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
