/**
 * The last requests of a receiver, so that a person sees why one was refused. In memory, of one process: what a sender sends must not
 * fill a disk. Secrets and bodies are never shown; headers are redacted when somebody looks, since most requests nobody looks at.
 */
import { CoreError, type ErrorCode } from '../errors';
import { shorten } from '../message-text';
import { clientIp } from '../event/client-ip';
import { normalizePath } from '../event/path-spelling';
import { RECENT_REQUESTS } from '../pure/bounds';
import type { Acceptance } from './answer';
import type { PreparedReceiver } from './intake/prepare';
import { redactHeaders } from './redact-headers';
import type { PushedRequest } from './request';
import { repeatsSecret, spellingsOf } from './without-secrets';

/** What became of a request: of several events what is the most of `stored`, `duplicate`, `stale`, `filtered`. */
export type RequestOutcome = Acceptance | 'handshake' | 'refused';

/** A request as people see it. */
export interface RecentRequest {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	/** Of the client. */
	readonly ip: string;
	readonly method: string;
	/** Without the secret of the URL, and without the query. */
	readonly path: string;
	readonly status: number;
	readonly outcome: RequestOutcome;
	/** Why it was refused, or does not fit the schema. */
	readonly code?: ErrorCode | 'internal';
	/** Which check failed, such as `bad_signature` (D28); the sender is not told. */
	readonly reason?: string;
	/** How many events it brought, and how many of them were known already; where it was let in. */
	readonly events?: number;
	readonly duplicates?: number;
	/** Of the schema, where its value is wrong. */
	readonly field?: string;
	/** How many of them do not fit the schema and were taken all the same, since it only reports. */
	readonly mismatches?: number;
	/** Of the body: those that came, else those that were declared. */
	readonly bytes?: number;
	/** Names in lower case; `***` with its length in the place of what may be a secret. */
	readonly headers: Readonly<Record<string, string>>;
}

/** A request as it is remembered. */
export interface SeenRequest extends Pick<
	RecentRequest,
	'at' | 'status' | 'outcome' | 'events' | 'duplicates' | 'mismatches'
> {
	readonly request: Pick<PushedRequest, 'method' | 'path' | 'headers' | 'remoteAddress'>;
	/** By which it was judged. */
	readonly receiver: PreparedReceiver;
	readonly bytes?: number | undefined;
	/** Of a refusal. */
	readonly error?: unknown;
	/** What is wrong with the first of `mismatches`. */
	readonly mismatch?: unknown;
}

type Why = Pick<RecentRequest, 'code' | 'reason' | 'field'>;

interface Kept {
	/** What is shown as it is; what is absent is undefined. */
	readonly facts: {
		readonly [Name in Exclude<keyof RecentRequest, keyof Why | 'path' | 'headers'>]:
			RecentRequest[Name] | undefined;
	};
	readonly why: Why | undefined;
	readonly receiver: PreparedReceiver;
	readonly path: string;
	readonly headers: PushedRequest['headers'];
}

export class RecentRequests {
	readonly #kept: Kept[] = [];
	#next = 0;

	/** In the place of the oldest, where there are RECENT_REQUESTS.max. */
	add(seen: SeenRequest): void {
		this.#kept[this.#next] = keep(seen);
		this.#next = (this.#next + 1) % RECENT_REQUESTS.max;
	}

	/** Newest first. */
	list(limit: number = RECENT_REQUESTS.max): RecentRequest[] {
		const newestLast = [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
		return newestLast.toReversed().slice(0, limit).map(show);
	}
}

/** Of each request: member by member, since copies of objects with others left out take most of its time in a process such as n8n's. */
function keep(seen: SeenRequest): Kept {
	const { request, receiver, error, mismatch } = seen;
	const { at, status, outcome, events, duplicates, mismatches } = seen;
	const { headers } = request;
	const bytes = seen.bytes ?? declaredBytes(headers);
	const ip = clientIp(request, receiver.proxies);
	const method = request.method.slice(0, 20);
	return {
		facts: { at, ip, method, status, outcome, events, duplicates, mismatches, bytes },
		why: whyOf(error ?? mismatch),
		receiver,
		path: request.path.slice(0, RECENT_REQUESTS.pathLength),
		headers: bounded(headers),
	};
}

/** UTF-16 units. */
const MAX_REASON = 500;

/** A code and a name: a message may quote the body. */
function whyOf(error: unknown): Why | undefined {
	if (error === undefined) return undefined;
	if (!(error instanceof CoreError)) return { code: 'internal' };
	const { reason, field, labels, column } = error.details;
	// What a template says may quote the body, too.
	const of = typeof column === 'string' ? `, column ${column}` : '';
	const shown = Array.isArray(labels) ? `buffer ${labels.join(', ')}${of}` : reason;
	return {
		code: error.code,
		...(typeof shown === 'string' ? { reason: shorten(shown, MAX_REASON) } : {}),
		...(typeof field === 'string' ? { field } : {}),
	};
}

function declaredBytes(headers: PushedRequest['headers']): number | undefined {
	const bytes = Number(headers['content-length']);
	return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}

/** The same where they are few and short, as most are. */
function bounded(headers: PushedRequest['headers']): PushedRequest['headers'] {
	let left: number = RECENT_REQUESTS.headerLength;
	// Of each request: without a list of its headers.
	for (const name in headers) {
		const value = headers[name];
		left -= name.length;
		if (typeof value === 'string') left -= value.length;
		else for (const one of value ?? []) left -= one.length;
	}
	if (left >= 0) return headers;
	left = RECENT_REQUESTS.headerLength;
	const some = Object.entries(headers).flatMap(([name, values]) => {
		const value = String(values);
		left -= name.length + value.length;
		return left < 0 ? [] : [[name, value] as const];
	});
	return Object.fromEntries(some);
}

function show({ facts, why, receiver, path: given, headers }: Kept): RecentRequest {
	const path = normalizePath(given);
	const cut = receiver.secretInUrl ? path.lastIndexOf('/') : path.length;
	// A wrong one may be right for somebody else.
	const secrets = spellingsOf([...receiver.allSecrets, path.slice(cut + 1)]);
	const repeats = (text: string): boolean => secrets.some((one) => repeatsSecret(text, one));
	const open = path.slice(0, cut) || '/';
	const known = Object.entries(facts).filter(([, value]) => value !== undefined);
	return {
		...(Object.fromEntries(known) as Omit<RecentRequest, 'path' | 'headers'>),
		...why,
		path: repeats(open) ? '***' : open,
		headers: redactHeaders(headers, { headers: receiver.secrets.headers, repeats }),
	};
}
