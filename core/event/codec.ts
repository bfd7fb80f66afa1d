import { BufferError } from '../errors';
import { CSV_DELIMITER_NAMES } from './csv-body';
import { READ_BODY_AS } from './read-as';
import type { Event } from './event';
import { decodeUtf8 } from './utf8';

/**
 * Event ⇄ bytes: u32 big-endian length of the head, the head as JSON (everything but the body), the raw body.
 * A later release may add members to the head: they are ignored here, so that a store outlives a downgrade.
 */
export function encodeEvent(event: Event): Uint8Array {
	const head = JSON.stringify(headOf(event));
	const headLength = Buffer.byteLength(head);
	const bytes = Buffer.allocUnsafe(4 + headLength + event.body.length);
	bytes.writeUInt32BE(headLength, 0);
	bytes.write(head, 4);
	bytes.set(event.body, 4 + headLength);
	return bytes;
}

/** One by one, since a copy without the body costs several times as much; what is absent is left out of JSON. */
function headOf(event: Event): { readonly [Name in Exclude<keyof Event, 'body'>]: unknown } {
	const { id, receivedAt, ip, headers, readAs, csvDelimiter, receiverId, method, path } = event;
	const { query, type, source, stale, replay, recordId, operation } = event;
	const read = { id, receivedAt, ip, headers, readAs, csvDelimiter };
	const given = { ...read, receiverId, method, path, query, type, source };
	return { ...given, stale, replay, recordId, operation };
}

/**
 * The event exactly as it was encoded. Its body is a view of `bytes`, not a copy.
 *
 * @throws BufferError ERR_STORE_CORRUPT
 */
export function decodeEvent(bytes: Uint8Array): Event {
	if (bytes.length < 4) throw damaged('it is shorter than its length field');
	const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
	const bodyStart = 4 + headLength;
	if (bytes.length < bodyStart) throw damaged('it is shorter than its head');
	const head = parseHead(bytes.subarray(4, bodyStart));
	const { id, receivedAt, ip } = head;
	if (typeof id !== 'string' || typeof receivedAt !== 'number' || typeof ip !== 'string') {
		throw damaged('id, receivedAt or ip is missing');
	}
	return {
		id,
		receivedAt,
		ip,
		headers: toLists(head['headers']),
		body: new Uint8Array(bytes.buffer, bytes.byteOffset + bodyStart, bytes.length - bodyStart),
		...readAs(head['readAs']),
		...csvDelimiter(head['csvDelimiter']),
		...text(head, 'receiverId'),
		...text(head, 'method'),
		...text(head, 'path'),
		...(head['query'] === undefined ? {} : { query: toLists(head['query']) }),
		...text(head, 'type'),
		...text(head, 'source'),
		...(head['stale'] === true ? { stale: true as const } : {}),
		...(head['replay'] === true ? { replay: true as const } : {}),
		...text(head, 'recordId'),
		...operation(head['operation']),
	};
}

function parseHead(bytes: Uint8Array): Record<string, unknown> {
	try {
		const head: unknown = JSON.parse(decodeUtf8(bytes) ?? '');
		if (typeof head === 'object' && head !== null) return head as Record<string, unknown>;
	} catch {
		// The parser's message would show a part of the head.
	}
	throw damaged('its head is no JSON object');
}

function toLists(value: unknown): Record<string, readonly string[]> {
	const lists: Record<string, readonly string[]> = Object.create(null);
	if (typeof value !== 'object' || value === null) return lists;
	for (const [name, list] of Object.entries(value)) {
		if (!Array.isArray(list)) throw damaged('a header or query value is no list');
		lists[name] = list.map(String);
	}
	return lists;
}

function text<K extends string>(head: Record<string, unknown>, key: K): { [P in K]?: string } {
	const value = head[key];
	return typeof value === 'string' ? ({ [key]: value } as { [P in K]?: string }) : {};
}

/** One of a later release is unknown here: the body is then read by its type. */
function readAs(value: unknown): Pick<Event, 'readAs'> {
	const known = READ_BODY_AS.find((one) => one === value);
	return known === undefined || known === 'type' ? {} : { readAs: known };
}

function csvDelimiter(value: unknown): Pick<Event, 'csvDelimiter'> {
	const known = CSV_DELIMITER_NAMES.find((one) => one === value);
	return known === undefined ? {} : { csvDelimiter: known };
}

function operation(value: unknown): Pick<Event, 'operation'> {
	return value === 'push' || value === 'delete' ? { operation: value } : {};
}

function damaged(what: string): BufferError {
	return new BufferError('ERR_STORE_CORRUPT', `encoded event is damaged: ${what}`);
}
