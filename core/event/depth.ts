/**
 * Lists and objects inside one another that the product takes, wherever it reads JSON. `JSON.parse` takes any depth, but what comes
 * after it does not: `JSON.stringify`, `structuredClone` and the deep copies of both hosts end the stack somewhere above 1,000.
 */
export const MAX_DEPTH = 500;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What is deeper has at least so many brackets: each that is opened is closed. */
const MIN_DEEP_LENGTH = 2 * (MAX_DEPTH + 1);

/**
 * Whether JSON text goes deeper than `MAX_DEPTH`. Reads brackets outside strings and nothing else, so that what is no JSON may be
 * found deep as well; costs nothing where the text is too short to be deep.
 *
 * @param json UTF-8
 */
export function isTooDeep(json: Uint8Array): boolean {
	if (json.length < MIN_DEEP_LENGTH) return false;
	let depth = 0;
	for (let i = 0; i < json.length; i++) {
		const byte = json[i];
		if (byte === LIST || byte === OBJECT) {
			depth += 1;
			if (depth > MAX_DEPTH) return true;
		} else if (byte === LIST_END || byte === OBJECT_END) depth -= 1;
		else if (byte === QUOTE) i = endOfString(json, i);
	}
	return false;
}

/** Index of the closing quote; of the last byte where there is none. */
export function endOfString(json: Uint8Array, start: number): number {
	let i = start + 1;
	while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
	return i;
}
