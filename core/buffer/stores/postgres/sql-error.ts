import { certificateFault } from '../../../certificate-fault';
import { BufferError, CoreError } from '../../../errors';
import { RETRY_AFTER_MS } from '../defaults';
import { PositionError } from '../positions';

/** The SQLSTATE of an error that PostgreSQL raised; undefined for one of the connection. */
function sqlState(error: unknown): string | undefined {
	const code = (error as { code?: unknown } | undefined)?.code;
	return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')
		? code
		: undefined;
}

/** Two transactions stood in each other's way; the same once more will do. */
export function isConflict(error: unknown): boolean {
	const state = sqlState(error);
	return state === '40001' || state === '40P01';
}

/** After these the connection is as good as before, once the transaction was rolled back. */
export function isConnectionIntact(error: unknown): boolean {
	const state = sqlState(error);
	if (state === undefined) return false;
	// 25006: the name may stand for another server by now.
	return (
		!['08', '57', '58', 'XX'].includes(state.slice(0, 2)) && !['25P03', '25006'].includes(state)
	);
}

/** pg says it in words alone. */
const NO_SSL = 'no SSL';

const HINTS: Readonly<Record<string, string>> = {
	'28P01': 'the password was refused',
	'28000': 'the user was refused',
	'3D000': 'there is no such database',
	'3F000': 'there is no such schema',
	'42501': 'the user may not do this; it needs CREATE on the database, or a schema it owns',
	'42P01': 'a table of the store is missing',
	'53100': 'the disk of the server is full',
	'53300': 'the server has no connection left',
	'55P03': 'another process held what was needed for too long',
	'57014': 'a statement took too long',
	'57P03': 'the server is starting or stopping',
	'25006': 'the server is read-only (a standby?)',
	ENOTFOUND: 'there is no such host',
	ECONNREFUSED: 'nobody listens there',
	[NO_SSL]: 'the server does not offer SSL',
};

/**
 * What a caller hears of a failure (S61). The text of the driver or server is not passed on as it is: it may quote values, and
 * the connection string has a password.
 */
export function toStoreError(cause: unknown): CoreError | TypeError {
	if (cause instanceof CoreError || cause instanceof PositionError) return cause;
	// A mistake of ours must not pass for a lost connection.
	if (cause instanceof TypeError && !('code' in cause)) return cause;
	const state = sqlState(cause);
	const code = state ?? networkCode(cause);
	const hint =
		HINTS[code] ??
		certificateFault(code) ??
		(state === undefined ? 'the connection was lost or refused' : 'a statement was refused');
	return new BufferError('ERR_STORE_UNAVAILABLE', `PostgreSQL: ${hint} (${code})`, {
		cause,
		details: { code },
		retryAfterMs: RETRY_AFTER_MS,
	});
}

function networkCode(cause: unknown): string {
	const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
	if (typeof code === 'string') return code;
	if (typeof message !== 'string') return 'no connection';
	if (message.includes('does not support SSL')) return NO_SSL;
	return /timeout/i.test(message) ? 'timeout' : 'no connection';
}
