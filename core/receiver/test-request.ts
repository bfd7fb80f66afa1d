import { randomUUID } from 'node:crypto';
import { lowerCaseHeaders } from '../event/create-event';
import { schemeOf, type SchemeKind } from '../signature/schemes/index';
import type { PreparedReceiver } from './intake/prepare';
import type { PushedRequest } from './request';

/**
 * Marks what was sent for a test, in the headers of its event; the value names the test. It is no proof: a sender may set it, too.
 */
export const TEST_HEADER = 'sluice-test';

const PATH = '/sluice/test';

/** What a test sends. */
export interface TestPush {
	/** Names it. */
	readonly id: string;
	readonly body: Uint8Array;
	readonly contentType: string;
}

/**
 * A request to a receiver with what its sender proves itself by, made of the secrets that it has itself: by the first of its ways for
 * which that can be done.
 *
 * @param now milliseconds since the Unix epoch
 * @returns undefined where only the sender can make one: by a private key, or by a secret that is known by its digest alone
 */
export async function testRequest(
	{ config: { auth, split }, secretInUrl }: PreparedReceiver,
	{ id, body, contentType }: TestPush,
	now: number,
): Promise<{ readonly request: PushedRequest; readonly way: SchemeKind } | undefined> {
	const headers = {
		'content-type': contentType,
		'user-agent': TEST_HEADER,
		[TEST_HEADER]: id,
		...(split === 'cloudevents' ? cloudEvent(id) : {}),
	};
	const made = { method: 'POST', headers: lowerCaseHeaders(headers), body, now };
	for (const way of auth) {
		const presented = await schemeOf(way).present?.(made, way);
		if (!presented) continue;
		// Where a secret could be in the path, its last segment counts as one: it is nothing that stands elsewhere.
		const { query = {}, urlSecret = randomUUID() } = presented;
		const path = secretInUrl ? `${PATH}/${urlSecret}` : PATH;
		const search = new URLSearchParams(query).toString();
		const request: PushedRequest = {
			method: made.method,
			target: search === '' ? path : `${path}?${search}`,
			path,
			query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]])),
			headers: { ...headers, ...presented.headers },
			body,
			remoteAddress: '127.0.0.1',
		};
		return { request, way: way.kind };
	}
	return undefined;
}

/** In binary mode: any body is its data. */
function cloudEvent(id: string): Readonly<Record<string, string>> {
	return {
		'ce-specversion': '1.0',
		'ce-id': id,
		'ce-source': PATH,
		'ce-type': TEST_HEADER,
	};
}
