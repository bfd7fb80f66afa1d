import { SignatureError } from '../../errors';
import { clientIp } from '../../event/client-ip';
import type { Event, Headers } from '../../event/event';
import { normalizePath } from '../../event/path-spelling';
import type { Writable } from '../../pure/writable';
import type { FetchText } from '../../runtime/fetch-text';
import { findWay, type Authenticated } from '../../signature/authenticate';
import { schemeOf, type SchemeConfig } from '../../signature/schemes/index';
import type { SignedRequest } from '../../signature/schemes/scheme';
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
	/** Of a dataset alone. */
	readonly operation?: Event['operation'];
}

/** A request that was let in, and by which way. */
export interface Found {
	readonly admitted: Admitted;
	readonly by: Authenticated;
}

/**
 * Lets a request in by one of the receiver's ways; at once where none of them has to wait for anything.
 *
 * Throws or rejects with SignatureError, ReceiveError ERR_CLOCK_NOT_SET.
 */
export function authenticateRequest(
	request: PushedRequest,
	body: Uint8Array,
	receiver: PreparedReceiver,
	{
		receivedAt,
		fetchText,
	}: { readonly receivedAt: number; readonly fetchText?: FetchText | undefined },
): Found | Promise<Found> {
	const signed = signedRequest(request, body, receiver, { now: receivedAt, fetchText });
	const { method } = signed;
	const { auth } = receiver.config;
	const toFound = (by: Authenticated): Found => {
		const ip = clientIp(request, receiver.proxies);
		const isSecret = auth.length === 1 || letsIn(signed, auth);
		const urlSecret = isSecret ? signed.urlSecret : undefined;
		const path = isSecret ? signed.path : normalizePath(request.path);
		const secrets = withUrlSecret(receiver.secrets, urlSecret);
		const { headers, query } = withoutSecrets(signed, secrets);
		const admitted: Writable<Admitted> = { receivedAt, ip, method, path, headers, query };
		if (receiver.config.dataset) admitted.operation = request.deletes ? 'delete' : 'push';
		return { by, admitted };
	};
	const by = findWay(signed, auth);
	return by instanceof Promise ? by.then(toFound) : toFound(by);
}

/** Whether the end of the path is a secret: who is let in by another way may have pushed to the address without one. */
function letsIn(signed: SignedRequest, auth: readonly SchemeConfig[]): boolean {
	const ways = auth.filter((way) => schemeOf(way).isSecretInUrl);
	if (ways.length === 0) return false;
	try {
		// What stands in the request is compared at once.
		return !(findWay(signed, ways) instanceof Promise);
	} catch (error) {
		if (error instanceof SignatureError) return false;
		throw error;
	}
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

/** What of a request the schemes look at, with the path of its event. */
export function signedRequest(
	{ method, target, path, query, headers }: PushedRequest,
	body: Uint8Array,
	{ secretInUrl }: Pick<PreparedReceiver, 'secretInUrl'>,
	{ now, fetchText }: Pick<SignedRequest, 'now' | 'fetchText'>,
): SignedRequest & Pick<Admitted, 'path' | 'query'> {
	const { path: openPath, urlSecret } = splitSecret(normalizePath(path), secretInUrl);
	return {
		method: method.toUpperCase(),
		target,
		query,
		headers: normalizeHeaders(headers),
		body,
		now,
		fetchText,
		path: openPath,
		urlSecret,
	};
}

/** The secret is no part of the event's path: rows, logs and flows must not carry it. */
function splitSecret(path: string, secretInUrl: boolean): { path: string; urlSecret?: string } {
	if (!secretInUrl) return { path };
	const cut = path.lastIndexOf('/');
	return { path: path.slice(0, Math.max(cut, 0)) || '/', urlSecret: path.slice(cut + 1) };
}
