import { ReceiveError } from '../errors';
import { isTooDeep, MAX_DEPTH } from './depth';
import { findJsonError } from './json-error';
import { decodeLossy, decodeUtf8, firstInvalidByte } from './utf8';

/**
 * Reads a JSON body. Keys such as `__proto__` are data; the last of several equal keys wins (K93).
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE, for JSON that is nested too deeply with the bound, else with position (byte offset),
 *   line and column (from 1, in characters); the message never shows the body, which V8's own messages do
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
	const text = decodeUtf8(bytes);
	if (text === undefined) throw unreadable(bytes, firstInvalidByte(bytes), 'not valid UTF-8');
	const parsed = parse(bytes, text);
	if (isTooDeep(bytes)) throw tooDeep();
	return parsed;
}

/** The refusal of JSON that is deeper than `MAX_DEPTH`. */
export function tooDeep(): ReceiveError {
	return new ReceiveError(
		'ERR_BODY_UNREADABLE',
		`JSON is nested more than ${MAX_DEPTH} levels deep; send it flatter, or as a text`,
		{ details: { maxDepth: MAX_DEPTH } },
	);
}

function parse(bytes: Uint8Array, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		const { index, problem } = findJsonError(text);
		const bomLength = bytes.length - Buffer.byteLength(text);
		throw unreadable(bytes, bomLength + Buffer.byteLength(text.slice(0, index)), problem);
	}
}

function unreadable(bytes: Uint8Array, position: number, problem: string): ReceiveError {
	const lines = decodeLossy(bytes.subarray(0, position)).split('\n');
	const line = lines.length;
	const column = Array.from(lines.at(-1) ?? '').length + 1;
	return new ReceiveError(
		'ERR_BODY_UNREADABLE',
		`invalid JSON: ${problem} at line ${line}, column ${column}`,
		{ details: { position, line, column } },
	);
}
