import { ReceiveError } from '../errors';
import { findJsonError } from './json-error';
import { decodeLossy, decodeUtf8, firstInvalidByte } from './utf8';

/**
 * Reads a JSON body. Keys such as `__proto__` are data; the last of several equal keys wins (K93).
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE with position (byte offset), line and column (from 1, in characters); the
 *   message never shows the body, which V8's own messages do
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
	const text = decodeUtf8(bytes);
	if (text === undefined) throw unreadable(bytes, firstInvalidByte(bytes), 'not valid UTF-8');
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
