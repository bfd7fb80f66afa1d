import { MappingError, ReceiveError } from '../errors';

/**
 * A body that a template could not read is the sender's fault, with its own status (K70): its error comes out as it
 * was, with the place of the call.
 * Other errors lose the engine's prefix and stack, which stay in the details: a sender is shown one line (K94, K100).
 */
export function unwrapError<T>(evaluate: () => T): T {
	try {
		return evaluate();
	} catch (error) {
		if (!(error instanceof MappingError)) throw error;
		const { cause, code, details, message } = error;
		const { frames, reason } = details;
		if (cause instanceof ReceiveError) {
			throw new ReceiveError(cause.code, cause.message, {
				cause,
				details: { ...cause.details, frames },
			});
		}
		throw new MappingError(code, typeof reason === 'string' ? reason : message, {
			cause: error,
			details,
		});
	}
}
