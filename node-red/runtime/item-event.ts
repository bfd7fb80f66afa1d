import type { NodeMessage } from 'node-red';
import { createEvent, writeJson, type Event } from '../../core/index';

type HttpMessage = NodeMessage & {
	req?: {
		headers?: Record<string, string | string[]>;
		ip?: string;
		method?: string;
		path?: string;
	};
	headers?: Record<string, string | string[]>;
};

/**
 * The payload of a message as an event: bytes as they are, text as text, anything else as its JSON.
 *
 * @param payload one element, where the payload is an array that is taken apart
 */
export function itemEvent(message: NodeMessage, payload: unknown = message.payload): Event {
	const { req, headers } = message as HttpMessage;
	return createEvent({
		body: bodyOf(payload),
		headers: withContentType(req?.headers ?? headers ?? {}, payload),
		...(req?.ip ? { ip: req.ip } : {}),
	});
}

/** Exactly the bytes that are signed, verified or sent for a payload. @throws ReceiveError where it is no JSON */
export function bodyOf(payload: unknown): string | Uint8Array {
	if (payload instanceof Uint8Array || typeof payload === 'string') return payload;
	return writeJson(payload ?? null);
}

/** What was made into JSON here is read as JSON, whatever headers came along. */
function withContentType(
	headers: Record<string, string | string[]>,
	payload: unknown,
): Record<string, string | string[]> {
	if (payload instanceof Uint8Array || typeof payload === 'string') return headers;
	const rest = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type');
	return { ...Object.fromEntries(rest), 'content-type': 'application/json' };
}
