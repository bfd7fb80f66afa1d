import { certificateFault } from '../certificate-fault';
import { CoreError } from '../errors';

/** The SQLSTATE of an error that PostgreSQL raised; undefined for one of the connection. */
export function sqlState(error: unknown): string | undefined {
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

/** Of whoever uses a connection, and none of PostgreSQL: a mistake of ours must not pass for a lost connection. */
export function isOfCaller(error: unknown): error is CoreError | TypeError {
	return error instanceof CoreError || (error instanceof TypeError && !('code' in error));
}

/** pg says these in words alone. */
const NO_SSL = 'no SSL';
const TIMEOUT = 'timeout';

const HINTS: Readonly<Record<string, string>> = {
	'28P01': 'the password was refused',
	'28000': 'the user was refused',
	'3D000': 'there is no such database',
	'25006': 'it is read-only now: a standby, or default_transaction_read_only is on',
	'53100': 'the disk of the server is full',
	'53300': 'the server has no connection left',
	'55P03': 'another process held what was needed for too long',
	'57014': 'a statement took too long',
	'57P03': 'the server is starting or stopping',
	ENOTFOUND: 'there is no such host',
	ECONNREFUSED: 'nobody listens there',
	[TIMEOUT]: 'no answer in time',
	[NO_SSL]: 'the server does not offer SSL',
};

/** What people may hear of a failure. */
export interface Failure {
	/** The SQLSTATE, the code of the system, or a word. */
	readonly code: string;
	readonly state: string | undefined;
	readonly isTimeout: boolean;
	readonly message: string;
}

/**
 * Says what failed (S61). The text of the driver or server is not passed on as it is: it may quote values, and the connection string
 * has a password.
 *
 * @param words of the caller's own, by code
 */
export function describeFailure(
	cause: unknown,
	words: Readonly<Record<string, string>> = {},
): Failure {
	const state = sqlState(cause);
	const code = state ?? networkCode(cause);
	const what =
		words[code] ??
		HINTS[code] ??
		certificateFault(code) ??
		(state === undefined ? 'the connection was lost or refused' : 'a statement was refused');
	return { code, state, isTimeout: code === TIMEOUT, message: `PostgreSQL: ${what} (${code})` };
}

function networkCode(cause: unknown): string {
	const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
	if (typeof code === 'string') return code;
	if (typeof message !== 'string') return 'no connection';
	if (message.includes('does not support SSL')) return NO_SSL;
	return /timeout/i.test(message) ? TIMEOUT : 'no connection';
}
