import type { NodeAPI, NodeMessage } from 'node-red';
import { createEvent, writeJson, type Event } from '../../core/index';
import { hostSecretHeaders } from './host-auth';

type HttpMessage = NodeMessage & {
	req?: {
		headers?: Record<string, string | string[]>;
		ip?: string;
		method?: string;
		path?: string;
	};
	headers?: Record<string, string | string[]>;
	sluice?: { readonly contentType?: string };
};

/**
 * The payload of a message as an event: bytes as they are, text as text, anything else as its JSON.
 *
 * @param payload one element, where the payload is an array that is taken apart
 */
export function itemEvent(
	RED: NodeAPI,
	message: NodeMessage,
	payload: unknown = message.payload,
): Event {
	const { req, headers, sluice } = message as HttpMessage;
	const own = req?.headers ? without(req.headers, hostSecretHeaders(RED)) : (headers ?? {});
	return createEvent({
		body: payload ?? null,
		readAs: readAs(own, payload),
		headers: withContentType(own, payload, sluice?.contentType),
		...(req?.ip ? { ip: req.ip } : {}),
	});
}

/** Without a type it is what it was in the message: a text stays a text and bytes stay bytes, whatever they look like. */
function readAs(headers: object, payload: unknown): Event['readAs'] {
	const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
	if (payload instanceof Uint8Array) return hasType ? undefined : 'binary';
	if (typeof payload === 'string') return hasType ? undefined : 'text';
	return 'json';
}

/** Exactly the bytes that are signed, verified or sent for a payload. @throws ReceiveError where it is no JSON */
export function bodyOf(payload: unknown): string | Uint8Array {
	if (payload instanceof Uint8Array || typeof payload === 'string') return payload;
	return writeJson(payload ?? null);
}

/** The same, text being UTF-8. */
export function bytesOf(payload: unknown): Uint8Array {
	const body = bodyOf(payload);
	return typeof body === 'string' ? Buffer.from(body) : body;
}

/** What was made into JSON here is read as JSON, whatever headers came along; what a buffer has written is sent as that. */
function withContentType(
	headers: Record<string, string | string[]>,
	payload: unknown,
	written: string | undefined,
): Record<string, string | string[]> {
	if (payload instanceof Uint8Array || typeof payload === 'string') {
		return written === undefined ? headers : { 'content-type': written, ...headers };
	}
	return { ...without(headers, ['content-type']), 'content-type': 'application/json' };
}

function without<T>(headers: Record<string, T>, names: readonly string[]): Record<string, T> {
	const rest = Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase()));
	return Object.fromEntries(rest);
}
