import { CoreError, MappingError, ReceiveError } from '../../errors';

/**
 * The error of one of several events, with its position from 0 in message and details; an error that is of none of them stays as it is.
 */
export function atEvent(error: CoreError, index: number): CoreError {
	const { code, message, details, retryable } = error;
	const options = { cause: error, details: { ...details, index }, retryable };
	const located = `events[${index}]: ${message}`;
	if (error instanceof MappingError) return new MappingError(code, located, options);
	return error instanceof ReceiveError ? new ReceiveError(code, located, options) : error;
}
