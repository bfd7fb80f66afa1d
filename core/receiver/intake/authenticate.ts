import { clientIp } from '../../event/client-ip';
import type { Headers } from '../../event/event';
import { normalizePath } from '../../event/path-spelling';
import { findWay, type Authenticated } from '../../signature/authenticate';
import { normalizeHeaders, type PushedRequest } from '../request';
import { spellingsOf, withoutSecrets, type RequestSecrets } from '../without-secrets';
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
 * @returns also by which
 * @throws SignatureError, ReceiveError ERR_CLOCK_NOT_SET
 */
export async function authenticateRequest(
	request: PushedRequest,
	body: Uint8Array,
	{ config, secretInUrl, secrets }: PreparedReceiver,
	receivedAt: number,
): Promise<{ readonly admitted: Admitted; readonly by: Authenticated }> {
	const headers = normalizeHeaders(request.headers);
	const method = request.method.toUpperCase();
	const { path, urlSecret } = splitSecret(normalizePath(request.path), secretInUrl);
	const { target, query } = request;
	const by = await findWay(
		{ method, target, query, headers, body, urlSecret, now: receivedAt },
		config.auth,
	);
	const ip = clientIp(request.remoteAddress);
	const open = withoutSecrets({ headers, query }, withUrlSecret(secrets, urlSecret));
	return { by, admitted: { receivedAt, ip, method, path, ...open } };
}

/** One that was renewed is known by its digest alone. */
function withUrlSecret(secrets: RequestSecrets, urlSecret = ''): RequestSecrets {
	if (urlSecret === '' || secrets.texts.includes(urlSecret)) return secrets;
	return { ...secrets, texts: [...secrets.texts, ...spellingsOf([urlSecret])] };
}

/** What stands where a secret would, in the URL of a receiver that has it there. */
export function urlSecretOf({ path }: Pick<PushedRequest, 'path'>): string | undefined {
	return splitSecret(normalizePath(path), true).urlSecret;
}

/** The secret is no part of the event's path: rows, logs and flows must not carry it. */
function splitSecret(path: string, secretInUrl: boolean): { path: string; urlSecret?: string } {
	if (!secretInUrl) return { path };
	const cut = path.lastIndexOf('/');
	return { path: path.slice(0, Math.max(cut, 0)) || '/', urlSecret: path.slice(cut + 1) };
}
