import { clientIp } from '../../event/client-ip';
import type { Headers } from '../../event/event';
import { normalizePath } from '../../event/path-spelling';
import { authenticate } from '../../signature/authenticate';
import { normalizeHeaders, type PushedRequest } from '../request';
import { withoutSecrets } from '../without-secrets';
import type { PreparedReceiver } from './prepare';

/** What of a request that was let in belongs to its events: nothing by which it was let in. */
export interface Admitted {
	/** Milliseconds since the Unix epoch. */
	readonly receivedAt: number;
	readonly ip: string;
	readonly method: string;
	readonly path: string;
	readonly headers: Headers;
	readonly query: PushedRequest['query'];
}

/**
 * Lets a request in by one of the receiver's ways.
 *
 * @throws SignatureError, ReceiveError ERR_CLOCK_NOT_SET
 */
export async function authenticateRequest(
	request: PushedRequest,
	body: Uint8Array,
	{ config, secretInUrl, secrets }: PreparedReceiver,
	receivedAt: number,
): Promise<Admitted> {
	const headers = normalizeHeaders(request.headers);
	const method = request.method.toUpperCase();
	const { path, urlSecret } = splitSecret(normalizePath(request.path), secretInUrl);
	const { target, query } = request;
	await authenticate(
		{ method, target, query, headers, body, urlSecret, now: receivedAt },
		config.auth,
	);
	return {
		receivedAt,
		ip: clientIp(request.remoteAddress),
		method,
		path,
		...withoutSecrets({ headers, query }, secrets),
	};
}

/** The secret is no part of the event's path: rows, logs and flows must not carry it. */
function splitSecret(path: string, secretInUrl: boolean): { path: string; urlSecret?: string } {
	if (!secretInUrl) return { path };
	const cut = path.lastIndexOf('/');
	return { path: path.slice(0, Math.max(cut, 0)) || '/', urlSecret: path.slice(cut + 1) };
}
