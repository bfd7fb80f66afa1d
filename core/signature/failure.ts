import { SignatureError, type ErrorCode } from '../errors';

/** The error of a check that failed. Its reason is for logs; senders see the same 401 for all of them (D28). */
export function failure(code: ErrorCode, reason: string): SignatureError {
	return new SignatureError(code, `authentication failed: ${reason}`, { details: { reason } });
}
