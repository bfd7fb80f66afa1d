import { types } from 'node:util';
import { CoreError, ReceiveError } from '../errors';
import { isTooDeep } from './depth';
import { tooDeep } from './json-body';

/**
 * A value of the flow as JSON.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE for what JSON does not know: a value that refers to itself, a BigInt, a function, more
 *   than 500 levels
 */
export function writeJson(value: unknown): string {
	const text = jsonText(value);
	if (isTooDeep(new TextEncoder().encode(text))) throw tooDeep();
	return text;
}

/**
 * A value of the flow as JSON text, however deep it is as long as it can be written.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE as writeJson
 */
export function jsonText(value: unknown): string {
	let text: string | undefined;
	try {
		text = JSON.stringify(value, refuseUnwritable);
	} catch (cause) {
		if (cause instanceof CoreError) throw cause;
		// The stack ends: too deep whatever else it is.
		if (cause instanceof RangeError) throw tooDeep();
		throw unwritable('it refers to itself, holds a BigInt, or its toJSON fails', cause);
	}
	if (text === undefined) throw unwritable(`it is a value of type ${typeof value}`);
	return text;
}

/** What JSON would leave out, or write as `{}`, without a word. Errors may be of another realm: those of a function node are. */
function refuseUnwritable(_key: string, value: unknown): unknown {
	if (typeof value === 'function' || typeof value === 'symbol')
		throw unwritable(`it holds a ${typeof value}`);
	if (types.isNativeError(value)) throw unwritable('it holds an Error; send its message instead');
	return value;
}

function unwritable(reason: string, cause?: unknown): ReceiveError {
	return new ReceiveError('ERR_BODY_UNREADABLE', `the item cannot be written as JSON: ${reason}`, {
		cause,
	});
}
