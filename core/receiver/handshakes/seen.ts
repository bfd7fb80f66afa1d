import { isUtf8 } from 'node:buffer';
import type { Headers } from '../../event/event';
import { readPath } from '../../pure/path';
import type { Place } from '../../signature/presets/preset';
import { normalizeHeaders, type PushedRequest } from '../request';
import type { Condition, Handshake } from './handshake';

/** What of a request a handshake is known by. */
export interface Seen {
	readonly method: string;
	readonly headers: Headers;
	readonly query: PushedRequest['query'];
	/** Absent where no handshake looks at it, or it is none that one could have. */
	readonly json?: unknown;
}

/** Longer bodies are events; the longest of handshakes is that of SNS, with 2 KB. */
const MAX_BODY_BYTES = 16_384;

export function see({ method, headers, query }: PushedRequest): Seen {
	return { method: method.toUpperCase(), headers: normalizeHeaders(headers), query };
}

/** What all handshakes of a kind that this request can be ask for, but for what is in the body. */
export function possible(handshakes: readonly Handshake[], seen: Seen): readonly Handshake[] {
	return handshakes.filter(
		({ methods, when }) =>
			methods.includes(seen.method) && when.every((one) => 'path' in one || holds(one, seen)),
	);
}

export const looksAtBody = ({ when }: Handshake): boolean => when.some((one) => 'path' in one);

/** Of a body that has the words of the handshake in it, so that events are not parsed twice. */
export function withJson(
	seen: Seen,
	body: Uint8Array,
	handshakes: readonly Handshake[],
): Seen | undefined {
	const encoding = seen.headers['content-encoding']?.join() ?? 'identity';
	if (body.length > MAX_BODY_BYTES || encoding !== 'identity') return undefined;
	const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
	const isLikely = handshakes.some(({ when }) =>
		when.every(
			(one) => !('path' in one) || (one.equals ?? ['']).some((word) => bytes.includes(word)),
		),
	);
	if (!isLikely || !isUtf8(bytes)) return undefined;
	try {
		return { ...seen, json: JSON.parse(bytes.toString('utf8')) as unknown };
	} catch {
		return undefined;
	}
}

export function holds({ equals, ...place }: Condition, seen: Seen): boolean {
	const values = valuesAt(place, seen);
	return equals ? values.some((value) => equals.includes(value)) : values.length > 0;
}

/** Every text that the request has there. */
export function valuesAt(place: Place, { headers, query, json }: Seen): readonly string[] {
	if ('header' in place) return headers[place.header.toLowerCase()] ?? [];
	if ('query' in place) {
		return query && Object.hasOwn(query, place.query) ? (query[place.query] ?? []) : [];
	}
	const value = readPath(json, place.path);
	return typeof value === 'string' ? [value] : [];
}
