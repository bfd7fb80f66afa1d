import type { ReceiverConfig } from '../../config';
import { CoreError } from '../../errors';
import { lenientBody, refuseBrokenCsv, refuseDeepBody } from '../../event/body';
import type { Event } from '../../event/event';
import { parseJsonBody } from '../../event/json-body';
import type { Writable } from '../../pure/writable';
import { atEvent } from './at-event';
import type { Admitted } from './authenticate';
import type { Parts } from './part';

/** What says how a body is read. */
type ReadConfig = Pick<ReceiverConfig, 'id' | 'readBodyAs' | 'csvDelimiter' | 'source'>;

/**
 * The event of a body that is one.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE for JSON that is nested too deeply and for broken CSV, ERR_BODY_TOO_LARGE and ERR_CONTENT_TYPE
 *   for other CSV that cannot be read
 */
export function makeEvent(
	body: Uint8Array,
	admitted: Admitted,
	config: ReadConfig,
	id: string,
): Event {
	const event = eventOf(body, admitted, config, id);
	refuseDeepBody(event);
	refuseBrokenCsv(event);
	return event;
}

/** The same, whatever the body is. */
export function eventOf(
	body: Uint8Array,
	{ receivedAt, ip, method, path, headers, query, operation }: Admitted,
	{ id: receiverId, readBodyAs = 'type', csvDelimiter, source }: ReadConfig,
	id: string,
): Event {
	// Not by createEvent, whose copies keep the callers of hosts apart: all of this is the request's own.
	const event: Writable<Event> = {
		id,
		receivedAt,
		ip,
		headers,
		body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
		receiverId,
		method,
		path,
	};
	if (readBodyAs !== 'type') event.readAs = readBodyAs;
	if (csvDelimiter !== undefined) event.csvDelimiter = csvDelimiter;
	if (source !== undefined) event.source = source;
	if (operation !== undefined) event.operation = operation;
	if (query) event.query = Object.assign(Object.create(null), query) as typeof query;
	return event;
}

/**
 * An event for each part of a body, to be read as JSON whatever the type of the whole says; what is of the request they share.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE for a part that is no JSON, with its position and its place in the body, and as `sourceOf`
 */
export function makeEvents(
	body: Uint8Array,
	{ parts, admitted, sourceOf }: Parts,
	{ id, source }: Pick<ReceiverConfig, 'id' | 'source'>,
	newId: () => string,
): Event[] {
	const named = { id, ...(source === undefined ? {} : { source }) };
	const shared = eventOf(new Uint8Array(0), admitted, { ...named, readBodyAs: 'json' }, '');
	return parts.map(({ bytes, at }, index) => {
		// A plain view, as createEvent makes one.
		const own = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		const event = { ...shared, id: newId(), body: own };
		let value: unknown;
		try {
			// Read once here, and kept for whoever asks for it later.
			value = lenientBody(event);
		} catch {
			throw whyNoJson(own, { body, at }, index);
		}
		return sourceOf ? { ...event, source: ofEvent(index, () => sourceOf(value)) } : event;
	});
}

/** What is wrong with one of several is told with its position. */
function ofEvent<T>(index: number, run: () => T): T {
	try {
		return run();
	} catch (error) {
		throw error instanceof CoreError ? atEvent(error, index) : error;
	}
}

/** Read again, to tell the place in the body and not the one in the part. */
function whyNoJson(
	bytes: Uint8Array,
	whole: { readonly body: Uint8Array; readonly at: number },
	index: number,
): unknown {
	return ofEvent(index, () => parseJsonBody(bytes, whole));
}
