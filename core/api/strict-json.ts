/** JSON that can be read in one way only: a key that an object has twice means one thing here and another one elsewhere. */
import { ReceiveError } from '../errors';
import { endOfString } from '../event/depth';
import { parseJsonBody } from '../event/json-body';

const [QUOTE, COLON] = [0x22, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
const SPACES: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d];

/** @throws ReceiveError ERR_BODY_UNREADABLE, for bad UTF-8, bad JSON, more than MAX_DEPTH levels, and a key that is there twice */
export function parseStrictJson(bytes: Uint8Array): unknown {
	const value = parseJsonBody(bytes);
	if (!hasKeyTwice(bytes)) return value;
	throw new ReceiveError('ERR_BODY_UNREADABLE', 'invalid JSON: an object has the same key twice');
}

/** @param json what JSON.parse takes: only a key has a colon behind it */
function hasKeyTwice(json: Uint8Array): boolean {
	/** Keys of the objects around a place; undefined for a list. */
	const around: (Set<string> | undefined)[] = [];
	for (let i = 0; i < json.length; i++) {
		const byte = json[i];
		if (byte === OBJECT) around.push(new Set());
		else if (byte === LIST) around.push(undefined);
		else if (byte === OBJECT_END || byte === LIST_END) around.pop();
		else if (byte === QUOTE) {
			const end = endOfString(json, i);
			if (isKey(json, end)) {
				const key = readText(json, i, end);
				const keys = around.at(-1);
				if (keys?.has(key)) return true;
				keys?.add(key);
			}
			i = end;
		}
	}
	return false;
}

function isKey(json: Uint8Array, end: number): boolean {
	let next = end + 1;
	while (SPACES.includes(json[next])) next++;
	return json[next] === COLON;
}

function readText(json: Uint8Array, start: number, end: number): string {
	return JSON.parse(Buffer.from(json.subarray(start, end + 1)).toString('utf8')) as string;
}
