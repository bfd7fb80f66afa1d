import { newUuid } from '../runtime/ids';
import type { Event, Headers } from './event';
import { writeJson } from './write-json';

/** What an event is made of; everything but the body has a default. */
export interface EventInput {
	/** Default: a UUID version 7 of `receivedAt`. */
	readonly id?: string | undefined;
	/** Milliseconds since the Unix epoch; default now. */
	readonly receivedAt?: number | undefined;
	/** Default "". */
	readonly ip?: string | undefined;
	/** Names in any case; a value may be a list. */
	readonly headers?: MultiValues | undefined;
	/** Text and bytes are taken as they are; any other JSON value is written as JSON. Default empty. */
	readonly body?: unknown;
	/** Default: by content type; `json` for a body that is written as JSON here. */
	readonly readAs?: Event['readAs'] | undefined;
	readonly receiverId?: string | undefined;
	readonly method?: string | undefined;
	readonly path?: string | undefined;
	readonly query?: MultiValues | undefined;
	readonly type?: string | undefined;
	readonly source?: string | undefined;
	readonly recordId?: string | undefined;
}

/** Name → value or values, as Node and both hosts give headers and queries. */
export type MultiValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Makes an event of a request, or of an item of the flow. The caller gives the body away: nobody writes to it afterwards.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE when the body cannot be written as JSON
 */
export function createEvent(input: EventInput): Event {
	const receivedAt = input.receivedAt ?? Date.now();
	return {
		id: input.id ?? newUuid(receivedAt),
		receivedAt,
		ip: input.ip ?? '',
		headers: lowerCaseHeaders(input.headers ?? {}),
		body: toBytes(input.body),
		...given('readAs', input.readAs ?? (isRaw(input.body) ? undefined : 'json')),
		...given('receiverId', input.receiverId),
		...given('method', input.method),
		...given('path', input.path),
		...(input.query === undefined ? {} : { query: toLists(input.query, (name) => name) }),
		...given('type', input.type),
		...given('source', input.source),
		...given('recordId', input.recordId),
	};
}

/** Headers as an event keeps them: lower-case names, lists of values, no prototype. */
export function lowerCaseHeaders(headers: MultiValues): Headers {
	return toLists(headers, (name) => name.toLowerCase());
}

function toLists(
	values: MultiValues,
	toName: (name: string) => string,
): Record<string, readonly string[]> {
	const lists: Record<string, readonly string[]> = Object.create(null);
	for (const [name, value] of Object.entries(values)) {
		if (value === undefined) continue;
		const list = typeof value === 'string' ? [value] : [...value];
		const key = toName(name);
		const known = lists[key];
		lists[key] = known ? [...known, ...list] : list;
	}
	return lists;
}

function toBytes(body: unknown): Uint8Array {
	if (body === undefined) return new Uint8Array(0);
	if (typeof body === 'string') return new TextEncoder().encode(body);
	// A plain view, so that a decoded event equals the one it was encoded from.
	if (body instanceof Uint8Array)
		return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
	return new TextEncoder().encode(writeJson(body));
}

function isRaw(body: unknown): boolean {
	return body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}

function given<K extends string, V extends string>(key: K, value: V | undefined): { [P in K]?: V } {
	return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
