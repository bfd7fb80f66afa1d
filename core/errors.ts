/**
 * The closed set of errors a user can cause. `code` decides the HTTP answer and the metric label, `retryable` decides
 * retry; message text decides nothing. A message names the value and its bound, never a secret, token or body.
 *
 * To add a code: a line in ERRORS, a test, and a section in docs/errors.md (a test compares the two lists).
 */
import { shorten } from './message-text';

/** Where in the way of an event an error arose. */
export type Stage = 'configure' | 'receive' | 'map' | 'buffer' | 'deliver';

interface ErrorKind {
	readonly stage: Stage;
	readonly retryable: boolean;
	/** Status of the generic answer to the sender; absent where the error never reaches one. */
	readonly status?: number;
}

const configure = { stage: 'configure', retryable: false } as const;
const receive = (status: number) => ({ stage: 'receive', retryable: false, status }) as const;
const map = { stage: 'map', retryable: false, status: 400 } as const;
const unauthorized = receive(401);
const busy = (stage: 'receive' | 'buffer', status = 503) =>
	({ stage, retryable: true, status }) as const;
const buffer = { stage: 'buffer', retryable: false, status: 503 } as const;
const deliver = (retryable: boolean) => ({ stage: 'deliver', retryable }) as const;

const ERRORS = {
	ERR_CONFIG_INVALID: { ...configure, status: 400 },
	ERR_DEFINITION_HELD: { ...configure, status: 409 },
	ERR_DEFINITION_EXISTS: { ...configure, status: 409 },
	ERR_DEFINITION_LIMIT: { ...configure, status: 409 },
	ERR_SECRET_KEY: { ...configure, status: 503 },
	ERR_SECRET_UNREADABLE: { ...configure, status: 503 },

	ERR_INPUT_INVALID: receive(400),
	ERR_EXPORT_NOT_FOUND: receive(404),
	ERR_TASK_UNKNOWN: receive(404),
	ERR_TASK_RUNNING: receive(409),
	ERR_ROUTE_UNKNOWN: receive(404),
	ERR_HOST_REFUSED: receive(421),
	ERR_ACCESS_CLOSED: busy('receive'),
	ERR_CREDENTIAL_MISSING: unauthorized,
	ERR_CREDENTIAL_REFUSED: unauthorized,
	ERR_FORBIDDEN: receive(403),
	ERR_ACCESS_UNKNOWN: receive(404),
	ERR_LOCAL_UNAVAILABLE: { ...configure, status: 503 },
	ERR_PROJECT_UNKNOWN: receive(404),
	ERR_PROJECT_NEEDED: receive(400),
	ERR_CONNECTOR_UNKNOWN: receive(404),

	ERR_BODY_TOO_LARGE: receive(413),
	ERR_BODY_UNREADABLE: receive(400),
	ERR_SCHEMA_MISMATCH: receive(400),
	ERR_CONTENT_TYPE: receive(415),
	ERR_CONTENT_ENCODING: receive(415),
	ERR_RECEIVER_UNKNOWN: receive(404),
	ERR_RECEIVER_CLOSING: busy('receive'),
	ERR_RATE_LIMITED: busy('receive', 429),
	ERR_RECEIVER_BUSY: busy('receive'),
	ERR_CLOCK_NOT_SET: busy('receive'),
	ERR_METHOD: receive(405),
	ERR_HANDSHAKE_REFUSED: receive(403),
	ERR_ORIGIN_REFUSED: receive(403),
	ERR_DATASET_CLOSED: receive(403),
	ERR_SENDER_UNAVAILABLE: busy('receive'),
	ERR_TOO_MANY_HEADERS: receive(431),

	ERR_SIGNATURE_MISSING: unauthorized,
	ERR_SIGNATURE_MISMATCH: unauthorized,
	ERR_URL_SECRET_MISMATCH: unauthorized,
	ERR_TOKEN_MALFORMED: unauthorized,
	ERR_CHECKSUM_MISSING: unauthorized,
	ERR_TOKEN_EXPIRED: unauthorized,
	ERR_TOKEN_NOT_YET_VALID: unauthorized,
	ERR_ALG_NOT_ALLOWED: unauthorized,
	ERR_TOKEN_CLAIM: unauthorized,
	ERR_CHECKSUM_MISMATCH: unauthorized,

	ERR_TEMPLATE_SYNTAX: { ...configure, status: 400 },
	ERR_TEMPLATE_RUNTIME: map,
	ERR_TEMPLATE_LIMIT: map,
	ERR_COLUMN_VALUE: map,
	ERR_EXPORTS_REFUSED: map,

	ERR_BUFFER_FULL: busy('buffer'),
	ERR_QUOTA: busy('buffer'),
	ERR_REQUEST_TOO_LARGE: { ...buffer, status: 413 },
	ERR_EXPORT_UNKNOWN: { ...configure, status: 503 },
	ERR_DEAD_LETTER_UNKNOWN: { ...configure, status: 404 },
	ERR_STORE_OWNED: { ...configure, status: 503 },
	ERR_STORE_UNAVAILABLE: busy('buffer'),
	ERR_LEASE_LOST: buffer,
	ERR_DOCUMENT_CONFLICT: { ...buffer, status: 409 },
	ERR_STORE_CORRUPT: buffer,
	ERR_STORE_VERSION: buffer,
	ERR_BACKUP_FAILED: buffer,

	ERR_SINK_UNAVAILABLE: deliver(true),
	ERR_SINK_TIMEOUT: deliver(true),
	ERR_SINK_TOKEN: deliver(true),
	ERR_SINK_REJECTED: deliver(false),
	ERR_SINK_ADDRESS_BLOCKED: deliver(false),
	ERR_TABLE_MISMATCH: deliver(true),
	ERR_BATCH_PARTIAL: deliver(false),
	ERR_DELIVERY_EXHAUSTED: deliver(false),
	ERR_DELIVERY_EXPIRED: deliver(false),
} as const satisfies Record<string, ErrorKind>;

/** Every code, stable across releases. */
export type ErrorCode = keyof typeof ERRORS;

/** All codes, for documentation and tests. */
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

export interface ErrorOptions {
	/** The error that led to this one; kept for logs, never shown to a sender. */
	readonly cause?: unknown;
	/** Plain data about the error: names, positions, bounds. Never secrets. */
	readonly details?: Readonly<Record<string, unknown>>;
	/** Overrides the retryability of the code, e.g. a 404 that an export asked to retry. */
	readonly retryable?: boolean;
	/** For answers that carry Retry-After, in milliseconds. */
	readonly retryAfterMs?: number;
}

/** UTF-16 units of a message and of each text in `details`: they may quote what a sender or a template gave. */
export const MAX_ERROR_TEXT = 8_192;

/** Base of every expected error. */
export class CoreError extends Error {
	readonly code: ErrorCode;
	readonly stage: Stage;
	readonly retryable: boolean;
	readonly details: Readonly<Record<string, unknown>>;
	readonly retryAfterMs: number | undefined;

	constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
		super(
			shorten(message, MAX_ERROR_TEXT),
			options.cause === undefined ? undefined : { cause: options.cause },
		);
		const kind: ErrorKind = ERRORS[code];
		this.name = new.target.name;
		this.code = code;
		this.stage = kind.stage;
		this.retryable = options.retryable ?? kind.retryable;
		this.details = bounded(options.details ?? {});
		this.retryAfterMs = options.retryAfterMs;
	}

	/** Status of the generic answer to a sender; 500 for an error that should never reach one. */
	get status(): number {
		const kind: ErrorKind = ERRORS[this.code];
		return kind.status ?? 500;
	}
}

/** A configuration that cannot work. `details`: path, expected, got. */
export class ConfigError extends CoreError {
	constructor(path: string, expected: string, got?: unknown, options: ErrorOptions = {}) {
		const shown = got === undefined ? '' : `, got ${describe(got)}`;
		super('ERR_CONFIG_INVALID', `${path}: expected ${expected}${shown}`, {
			...options,
			details: {
				...options.details,
				path,
				expected,
				...(got === undefined ? {} : { got: describe(got) }),
			},
		});
	}
}

/** A request that cannot be accepted. */
export class ReceiveError extends CoreError {}

/** A failed authentication; the sender sees the same 401 for all of them. */
export class SignatureError extends CoreError {
	/** What a client may send instead, for WWW-Authenticate: it goes by the configuration, never by what was wrong. */
	challenges: readonly string[] = [];

	withChallenges(challenges: readonly string[]): this {
		this.challenges = challenges;
		return this;
	}
}

/** A template or column that cannot be compiled or rendered. */
export class MappingError extends CoreError {}

/** The store cannot take, find or give rows. */
export class BufferError extends CoreError {}

/** A batch that could not be handed to its sink. */
export class DeliveryError extends CoreError {}

/** The same object where nothing is too long. */
function bounded(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	const isLong = (value: unknown) => typeof value === 'string' && value.length > MAX_ERROR_TEXT;
	if (!Object.values(details).some(isLong)) return details;
	return Object.fromEntries(
		Object.entries(details).map(([name, value]) => [
			name,
			typeof value === 'string' ? shorten(value, MAX_ERROR_TEXT) : value,
		]),
	);
}

function describe(value: unknown): string {
	if (typeof value === 'string') return JSON.stringify(shorten(value, 58));
	if (value === null || ['number', 'boolean', 'bigint', 'undefined'].includes(typeof value))
		return String(value);
	return Array.isArray(value) ? `an array of ${value.length}` : `a value of type ${typeof value}`;
}
