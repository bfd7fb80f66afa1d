import { ReceiveError } from '../errors';
import { isTooDeep, MAX_DEPTH } from './depth';
import { findJsonError } from './json-error';
import { decodeLossy, decodeUtf8, firstInvalidByte } from './utf8';

/** Where bytes begin in the body that they are a part of: errors tell places of the body. */
interface Whole {
	readonly body: Uint8Array;
	readonly at: number;
}

/**
 * Reads a JSON body, or the JSON of a part of it. Keys such as `__proto__` are data; the last of several equal keys wins (K93).
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE, for JSON that is nested too deeply with the bound, else with position (byte offset),
 *   line and column (from 1, in characters); the message never shows the body, which V8's own messages do
 */
export function parseJsonBody(bytes: Uint8Array, whole?: Whole): unknown {
	const { value } = readJson(bytes, whole);
	if (isTooDeep(bytes)) throw tooDeep();
	return value;
}

/** The same of any depth, which the caller looks at, with the text that was parsed. @throws as parseJsonBody */
export function readJson(
	bytes: Uint8Array,
	whole: Whole = { body: bytes, at: 0 },
): { readonly value: unknown; readonly text: string } {
	const text = decodeUtf8(bytes);
	if (text === undefined) throw unreadable(whole, firstInvalidByte(bytes), 'not valid UTF-8');
	return { value: parse(bytes, text, whole), text };
}

/** The refusal of JSON that is deeper than `MAX_DEPTH`. */
export function tooDeep(): ReceiveError {
	return new ReceiveError(
		'ERR_BODY_UNREADABLE',
		`JSON is nested more than ${MAX_DEPTH} levels deep; send it flatter, or as a text`,
		{ details: { maxDepth: MAX_DEPTH } },
	);
}

function parse(bytes: Uint8Array, text: string, whole: Whole): unknown {
	try {
		return JSON.parse(text);
	} catch {
		const { index, problem } = findJsonError(text);
		const bomLength = bytes.length - Buffer.byteLength(text);
		throw unreadable(whole, bomLength + Buffer.byteLength(text.slice(0, index)), problem);
	}
}

function unreadable({ body, at }: Whole, offset: number, problem: string): ReceiveError {
	const position = at + offset;
	const lines = decodeLossy(body.subarray(0, position)).split('\n');
	const line = lines.length;
	const column = Array.from(lines.at(-1) ?? '').length + 1;
	return new ReceiveError(
		'ERR_BODY_UNREADABLE',
		`invalid JSON: ${problem} at line ${line}, column ${column}`,
		{ details: { position, line, column } },
	);
}
