import { BufferError, CoreError, ERROR_CODES, type ErrorCode } from '../../../errors';
import type { ThrownError } from './protocol';

/** Errors do not keep their class between threads; these two bring them across. Every CoreError of the worker is a BufferError. */

export function packError(error: unknown): ThrownError {
	if (error instanceof CoreError) {
		return {
			kind: 'core',
			code: error.code,
			message: error.message,
			details: error.details,
			...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
		};
	}
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof TypeError) return { kind: 'type', code: '', message };
	return { kind: 'core', code: 'ERR_STORE_UNAVAILABLE', message: `the store failed: ${message}` };
}

export function unpackError(thrown: ThrownError): Error {
	const { kind, code, message, details, retryAfterMs } = thrown;
	if (kind === 'type') return new TypeError(message);
	const options = {
		...(details === undefined ? {} : { details }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	};
	return new BufferError(toErrorCode(code), message, options);
}

function toErrorCode(code: string): ErrorCode {
	return ERROR_CODES.find((known) => known === code) ?? 'ERR_STORE_UNAVAILABLE';
}
