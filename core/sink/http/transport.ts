/**
 * The one file that knows axios. It sends one request and brings back whatever was answered; what an answer means is
 * decided elsewhere.
 */
import type { Readable } from 'node:stream';
import axios, { AxiosHeaders, isAxiosError } from 'axios';
import { certificateFault } from '../../certificate-fault';
import { DeliveryError } from '../../errors';
import { lowerCaseHeaders } from '../../event/create-event';
import type { Headers } from '../../event/event';
import { AgentPool, type Agents } from './agents';
import { Answered } from './answered';
import { checkUrl, guardedLookup, type AddressRules } from './guard';
import { checkTarget } from './proxy/check-target';
import { chooseProxy } from './proxy/choose-proxy';
import type { ProxyConfig } from './proxy/proxy-config';
import type { Resolved } from '../secret-ref';
import { trustedCertificates } from './trusted-certificates';

/** How bodies are pushed. */
export const PUSH_METHODS = ['POST', 'PUT', 'PATCH'] as const;

export type PushMethod = (typeof PUSH_METHODS)[number];

export interface PushRequest {
	/** GET fetches what has to be known of others, without a body (fetch-text.ts). */
	readonly method: PushMethod | 'GET';
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	/** Sent exactly as it is. */
	readonly body: Uint8Array;
	/** For the whole exchange, from the first byte to the last. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
}

export interface PushResponse {
	/** Any status: none is an error here. */
	readonly status: number;
	readonly headers: Headers;
	/** At most 64 KiB; what comes after is not read. */
	readonly body: Uint8Array;
	readonly isTruncated: boolean;
}

export interface Transport {
	/** @throws DeliveryError ERR_SINK_UNAVAILABLE, ERR_SINK_TIMEOUT, ERR_SINK_ADDRESS_BLOCKED; never the URL in a message */
	send(request: PushRequest): Promise<PushResponse>;
	/** Ends idle connections; idempotent. */
	close(): void;
}

export interface TransportOptions extends AddressRules {
	/** Certificates to trust besides those of Node and the environment, PEM; for tests and private authorities. */
	readonly ca?: string | undefined;
	/** By which an endpoint knows us, PEM. */
	readonly clientCertificate?: ClientCertificate | undefined;
	/** Default `environment`. */
	readonly proxy?: Resolved<ProxyConfig> | undefined;
}

export interface ClientCertificate {
	readonly cert: string;
	readonly key: string;
	readonly passphrase?: string | undefined;
}

/** The connection leads to a server that does not answer for this host (RFC 9110, 15.5.20): the next try needs another one. */
const MISDIRECTED = 421;

/** An answer is read to learn why it was given, not to be kept. */
const MAX_RESPONSE_BYTES = 65_536;

/** Keeps connections alive, follows no redirect, and checks every address it connects to, also by way of a proxy. */
export function createTransport(options: TransportOptions): Transport {
	const lookup = guardedLookup(options);
	const pool = new AgentPool(lookup, {
		...(options.ca === undefined ? {} : { ca: [...trustedCertificates(), options.ca] }),
		...options.clientCertificate,
	});
	let checked = { text: '', url: new URL('http://localhost') };
	/** What is said of an address is the same each time, and a transport has one or a few. @throws as checkUrl */
	const check = (text: string): URL => {
		if (checked.text === text) return checked.url;
		const url = new URL(text);
		checkUrl(url, options);
		checked = { text, url };
		return url;
	};
	return {
		async send(request) {
			const url = check(request.url);
			const proxy = chooseProxy(url, options.proxy);
			const deadline = startDeadline(request);
			const answered = new Answered(deadline.signal);
			const isProxied = proxy !== undefined;
			const send = () =>
				sendOnce(request, pool.get(proxy), { signal: deadline.signal, answered, isProxied });
			try {
				if (isProxied) await checkTarget(url, options, lookup);
				return await send().catch((error: unknown) => {
					if (!isStaleConnection(error, answered) || deadline.signal.aborted) throw error;
					return send();
				});
			} catch (error) {
				const { status = 0, proxyStatus = 200 } = answered;
				if (proxyStatus === 200 && status >= 200 && status < 300) {
					return { status, headers: {}, body: new Uint8Array(0), isTruncated: true };
				}
				throw toDeliveryError(error, {
					isExceeded: deadline.isExceeded(),
					timeoutMs: request.timeoutMs,
					isProxied,
				});
			} finally {
				deadline.stop();
			}
		},
		close() {
			pool.close();
		},
	};
}

/** Itself, without what axios does around it for callers that need more: that takes a third of a request's time. */
const exchange = axios.getAdapter('http');

async function sendOnce(
	{ method, url, headers, body }: PushRequest,
	agents: Agents,
	{ signal, answered, isProxied }: { signal: AbortSignal; answered: Answered; isProxied: boolean },
): Promise<PushResponse> {
	const response = await exchange({
		...agents,
		url,
		method,
		transport: answered.transport,
		// axios would offer compression; a bounded answer needs none, and an unpacked one has no bound.
		headers: new AxiosHeaders({ ...headers, 'Accept-Encoding': 'identity' }),
		...(method === 'GET'
			? {}
			: { data: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }),
		responseType: 'stream',
		decompress: false,
		maxRedirects: 0,
		maxBodyLength: Number.POSITIVE_INFINITY,
		// The agents know it.
		proxy: false,
		validateStatus: null,
		signal,
	});
	const { proxyStatus = 200 } = answered;
	// The endpoint has not seen the request; 407 is always the proxy's (RFC 9110, 15.5.8).
	const refused = proxyStatus === 200 ? isProxied && response.status === 407 : true;
	const answer = response.data as Readable;
	if (refused) {
		answer.destroy();
		throw refusedByProxy(proxyStatus === 200 ? 407 : proxyStatus);
	}
	const read = await readBounded(answer);
	if (response.status === MISDIRECTED) answered.endConnection();
	return {
		status: response.status,
		headers: lowerCaseHeaders(response.headers as Record<string, string | string[]>),
		...read,
	};
}

/**
 * A body that breaks off or stalls does not undo the status, which is what was asked for. By events: the stream's own iterator watches it
 * in ways that cost several per cent of a request.
 */
function readBounded(stream: Readable): Promise<Pick<PushResponse, 'body' | 'isTruncated'>> {
	const chunks: Buffer[] = [];
	let length = 0;
	return new Promise((resolve) => {
		let hasEnded = false;
		const end = (isTruncated: boolean): void => {
			if (hasEnded) return;
			hasEnded = true;
			const bytes = Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES);
			resolve({ body: new Uint8Array(bytes), isTruncated });
		};
		stream.on('data', (chunk: Buffer) => {
			if (hasEnded) return;
			chunks.push(chunk);
			length += chunk.length;
			if (length <= MAX_RESPONSE_BYTES) return;
			end(true);
			// With its connection.
			stream.destroy();
		});
		stream.on('end', () => end(false));
		stream.on('error', () => end(true));
		stream.on('close', () => end(true));
	});
}

function startDeadline({ timeoutMs, signal }: PushRequest): {
	signal: AbortSignal;
	isExceeded(): boolean;
	stop(): void;
} {
	// Not AbortSignal.any: one for each request of an attempt, until they are collected, is what that signal would remember.
	const end = new AbortController();
	const abort = (): void => end.abort();
	let isExceeded = false;
	const timer = setTimeout(() => {
		isExceeded = true;
		abort();
	}, timeoutMs);
	if (signal?.aborted) abort();
	else signal?.addEventListener('abort', abort);
	return {
		signal: end.signal,
		isExceeded: () => isExceeded,
		stop() {
			clearTimeout(timer);
			signal?.removeEventListener('abort', abort);
		},
	};
}

/**
 * A kept connection that the other side had closed meanwhile, of which nothing came back: the request is taken for one that never
 * arrived, and sent once more at once. After any other end it may have been handled: it comes again by the schedule.
 */
function isStaleConnection(error: unknown, answered: Answered): boolean {
	if (answered.hasBegun) return false;
	if (!isAxiosError(error) || !['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) return false;
	return (error.request as { reusedSocket?: boolean } | undefined)?.reusedSocket === true;
}

/** Without the cause: axios keeps URL, headers and body on its errors. */
function toDeliveryError(
	error: unknown,
	{
		isExceeded,
		timeoutMs,
		isProxied,
	}: { readonly isExceeded: boolean; readonly timeoutMs: number; readonly isProxied: boolean },
): DeliveryError {
	for (let cause = error; cause instanceof Error; cause = cause.cause as unknown) {
		if (cause instanceof DeliveryError) return cause;
	}
	const way = isProxied ? ' (by way of the proxy)' : '';
	if (isExceeded) {
		return new DeliveryError(
			'ERR_SINK_TIMEOUT',
			`no answer within timeoutMs, ${timeoutMs} ms${way}`,
		);
	}
	const reason = networkCode(error);
	const fault = certificateFault(reason);
	const what = fault === undefined ? reason : `${reason}: ${fault}`;
	return new DeliveryError('ERR_SINK_UNAVAILABLE', `request failed${way}: ${what}`, {
		details: { reason },
	});
}

function refusedByProxy(status: number): DeliveryError {
	const hint = status === 407 ? '; it asks for another user and password' : '';
	const message = `the proxy refused the connection: it answered ${status}${hint}`;
	return new DeliveryError('ERR_SINK_UNAVAILABLE', message, {
		details: { reason: `PROXY_${status}` },
	});
}

function networkCode(error: unknown): string {
	const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
	return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code)
		? code
		: 'unknown network error';
}
