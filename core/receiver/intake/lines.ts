import { bomLength } from '../../event/utf8';
import type { Part } from './part';

const [LINE_FEED, RETURN] = [0x0a, 0x0d];

/** The lines that are not blank, without their ends, which are `\n` or `\r\n`; the last one may have none. */
export function* filledLines(body: Uint8Array): Generator<Part> {
	let at = bomLength(body);
	while (at < body.length) {
		const found = body.indexOf(LINE_FEED, at);
		const end = found < 0 ? body.length : found;
		const bytes = body.subarray(at, body[end - 1] === RETURN && end > at ? end - 1 : end);
		if (!isBlank(bytes)) yield { bytes, at };
		at = end + 1;
	}
}

function isBlank(bytes: Uint8Array): boolean {
	return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === RETURN);
}
