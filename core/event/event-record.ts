import { bodyText, bodyWith, unknownCharset } from './body';
import { bodyKind } from './body-kind';
import type { Event } from './event';
import type { Numbers } from './numbers';
import { decodeUtf8 } from './utf8';

/**
 * A whole event as plain data, for exports without columns: id, receivedAt (ISO 8601), source, recordId, operation, stale, replay, ip, method, path, query,
 * headers, body. What the event does not have is left out. Single header and query values are texts, several are lists.
 *
 * The body is what the table of `BodyKind` says; one that is not what its type says is text, and `{base64}` when it is not
 * UTF-8. `unreadable` beside it says why, where that is the charset.
 */
export function eventRecord(event: Event, numbers: Numbers = 'double'): Record<string, unknown> {
	const { id, receivedAt, source, recordId, operation, stale, replay } = event;
	const { ip, method, path, query, headers } = event;
	return {
		id,
		receivedAt: new Date(receivedAt).toISOString(),
		...(source === undefined ? {} : { source }),
		...(recordId === undefined ? {} : { recordId }),
		...(operation === undefined ? {} : { operation }),
		...(stale ? { stale } : {}),
		...(replay ? { replay } : {}),
		ip,
		...(method === undefined ? {} : { method }),
		...(path === undefined ? {} : { path }),
		...(query === undefined ? {} : { query: flatten(query) }),
		headers: flatten(headers),
		body: readableBody(event, numbers),
	};
}

/**
 * The record of an event in an export without columns: the whole event, or the item itself where the flow feeds the export,
 * so that what goes into a buffer comes out of it.
 *
 * @param id of the export or its receiver; those that the flow feeds begin with `items:` (ExportConfig.receiverId)
 */
export function wholeRecord(
	event: Event,
	id: string | undefined,
	numbers: Numbers = 'double',
): unknown {
	return id?.startsWith('items:') ? readableBody(event, numbers) : eventRecord(event, numbers);
}

function readableBody(event: Event, numbers: Numbers): unknown {
	const kind = bodyKind(event);
	const charset = unknownCharset(event);
	if (kind === 'binary') return bytesOf(event);
	if (kind === 'text') return charset === undefined ? bodyText(event) : bytesOf(event, charset);
	try {
		return bodyWith(event, numbers);
	} catch {
		// Not what its type says.
		if (charset !== undefined) return bytesOf(event, charset);
		return decodeUtf8(event.body) === undefined ? bytesOf(event) : bodyText(event);
	}
}

function bytesOf({ body }: Event, unreadable?: string): object {
	const base64 = Buffer.from(body).toString('base64');
	return unreadable === undefined ? { base64 } : { base64, unreadable };
}

/** `Object.fromEntries` defines properties: a header named `__proto__` is data. */
function flatten(lists: Readonly<Record<string, readonly string[]>>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(lists).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
	);
}
