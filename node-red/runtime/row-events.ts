import type { NodeAPI, NodeMessage } from 'node-red';
import {
	createEvent,
	isWholeEvent,
	jsonText,
	withoutCredentials,
	type Event,
} from '../../core/index';
import { workRows } from './batch-rows';
import type { BatchMessage } from './batch-message';
import { itemEvent } from './item-event';

/** A whole event as a receiver gave it to the flow (`eventRecord` in core). */
interface EventRecord {
	readonly id: string;
	readonly receivedAt: string;
	readonly ip?: string;
	readonly method?: string;
	readonly path?: string;
	readonly query?: Record<string, string | string[]>;
	readonly headers: Record<string, string | string[]>;
	readonly body: unknown;
}

/**
 * The rows of a batch as events of their own: a whole event is what it was when it came, with its id, any other row is an item of the flow.
 * Rows that cannot be written are put aside alone.
 *
 * @returns undefined for a message that is no batch, or is not a list of its rows any more
 */
export function rowEvents(
	RED: NodeAPI,
	message: BatchMessage,
	sendCredentials: boolean,
): readonly Event[] | undefined {
	const { payload, sluice } = message;
	if (!sluice || !Array.isArray(payload)) return undefined;
	const toEvent = (row: unknown): Event => rowEvent(RED, row, sendCredentials);
	return workRows(message, toEvent)?.values ?? payload.map(toEvent);
}

/** The same of one row. @throws ReceiveError for what JSON cannot say */
export function rowEvent(RED: NodeAPI, row: unknown, sendCredentials: boolean): Event {
	jsonText(row);
	const sent = sendCredentials ? row : withoutCredentials(row);
	return isWholeEvent(sent)
		? eventOf(sent as EventRecord)
		: itemEvent(RED, {} as NodeMessage, sent);
}

function eventOf(record: EventRecord): Event {
	const { receivedAt, headers, body, ...rest } = record;
	const bytes = bytesOf(body);
	const at = Date.parse(receivedAt);
	const isText = bytes !== undefined || typeof body === 'string';
	return createEvent({
		...rest,
		receivedAt: Number.isNaN(at) ? undefined : at,
		// A form, say, was read: what is left of it is JSON.
		headers: isText ? headers : { ...headers, 'content-type': 'application/json' },
		body: bytes ?? body,
	});
}

function bytesOf(body: unknown): Uint8Array | undefined {
	if (typeof body !== 'object' || body === null) return undefined;
	const { base64, ...others } = body as { readonly base64?: unknown };
	if (typeof base64 !== 'string' || Object.keys(others).some((name) => name !== 'unreadable')) {
		return undefined;
	}
	return Buffer.from(base64, 'base64');
}
