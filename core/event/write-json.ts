import { ReceiveError } from '../errors';
import { isTooDeep } from './depth';
import { tooDeep } from './json-body';

/**
 * A value of the flow as JSON.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE for what JSON does not know: a value that refers to itself, a BigInt, a function, more
 *   than 500 levels
 */
export function writeJson(value: unknown): string {
	const text = textOf(value);
	if (isTooDeep(new TextEncoder().encode(text))) throw tooDeep();
	return text;
}

function textOf(value: unknown): string {
	let text: string | undefined;
	try {
		text = JSON.stringify(value);
	} catch (cause) {
		// The stack ends: too deep whatever else it is.
		if (cause instanceof RangeError) throw tooDeep();
		throw unwritable('it refers to itself, holds a BigInt, or its toJSON fails', cause);
	}
	if (text === undefined) throw unwritable(`it is a value of type ${typeof value}`);
	return text;
}

function unwritable(reason: string, cause?: unknown): ReceiveError {
	return new ReceiveError('ERR_BODY_UNREADABLE', `the item cannot be written as JSON: ${reason}`, {
		cause,
	});
}
