import { isUtf8 } from 'node:buffer';
import { MAX_DEPTH } from './depth';

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Below it is control, which no string of JSON holds as it is. */
const SPACE = 0x20;

/** The brackets that are open, from the outermost. */
const open = new Uint8Array(MAX_DEPTH);

/**
 * Whether JSON text can stand among others as it is: `whole` where it is one object from the first byte to the last, its strings and
 * brackets closed, in UTF-8; `deep` where it goes deeper than `MAX_DEPTH`. Nothing is parsed, which takes ten times as long: what stands
 * between brackets, colons and commas is not looked at.
 *
 * @param json without space around it
 * @param start where it begins in these bytes; `end` is behind it
 */
export function objectShape(
	json: Uint8Array,
	start = 0,
	end = json.length,
): 'whole' | 'broken' | 'deep' {
	if (start >= end || json[start] !== OBJECT) return 'broken';
	let depth = 0;
	let bits = 0;
	let i = start;
	for (; i < end; i++) {
		const byte = json[i] as number;
		bits |= byte;
		if (byte === QUOTE) {
			let inside = json[++i] as number;
			while (inside !== QUOTE) {
				if (!(inside >= SPACE)) return 'broken';
				bits |= inside;
				inside = json[(i += inside === BACKSLASH ? 2 : 1)] as number;
			}
		} else if (byte === OBJECT || byte === LIST) {
			if (depth === MAX_DEPTH) return 'deep';
			open[depth++] = byte;
		} else if (byte === OBJECT_END || byte === LIST_END) {
			// The two of a kind are two apart.
			if (open[--depth] !== byte - 2) return 'broken';
			if (depth === 0) break;
		}
	}
	// Behind it, too, where a string was not closed before.
	if (i !== end - 1) return 'broken';
	return bits < 0x80 || isUtf8(json.subarray(start, end)) ? 'whole' : 'broken';
}
