import { CoreError, DeliveryError } from '../../errors';
import { systemClock, type Clock } from '../../runtime/clock';
import { isHeaderName, isHeaderValue } from '../../pure/header-name';
import { signRequest } from '../../signature/sign-request';
import { describeThrown } from '../../describe-thrown';
import type { Attempt } from '../sink';
import { outcomeOf, type RequestOutcome } from './answer';
import { answeredText, secretsOf } from './answered-text';
import { HTTP_TIMEOUT_MS } from '../../pure/bounds';
import { validateHttpSink, type HttpEndpoint } from './http-config';
import { createTransport, type PushResponse, type Transport } from './transport';
import { USER_AGENT } from './user-agent';

/** What an HTTP target takes from outside; everything has a default. */
export interface HttpPorts {
	readonly clock?: Pick<Clock, 'now'> | undefined;
	readonly transport?: Transport | undefined;
}

/** What became of one request. */
export interface PushResult {
	readonly outcome: RequestOutcome;
	/** Absent when nothing was answered. */
	readonly response?: PushResponse;
}

export interface PushOptions {
	/** Sent as Idempotency-Key. */
	readonly idempotencyKey?: string | undefined;
	/** Default `application/json`. */
	readonly contentType?: string | undefined;
	/** What else describes the body, names in lower case; a `content-type` replaces the one above. Values that no header takes are left out. */
	readonly bodyHeaders?: Readonly<Record<string, string>> | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Told of the request once, unless `signal` broke it off. */
	readonly onRequest?: Attempt['onRequest'] | undefined;
}

/** An endpoint that takes what is pushed to it. */
export interface HttpTarget {
	/** Sends exactly these bytes, signed now. Never rejects: a request that failed is an outcome. */
	push(body: Uint8Array, options?: PushOptions): Promise<PushResult>;
	close(): void;
}

/** @throws ConfigError */
export function createHttpTarget(config: HttpEndpoint, ports: HttpPorts = {}): HttpTarget {
	validateHttpSink(config);
	const { clock = systemClock, transport = createTransport(config) } = ports;
	const { url, timeoutMs = HTTP_TIMEOUT_MS.fallback, signatures = [] } = config;
	const secrets = secretsOf(config);
	const send = async (body: Uint8Array, options: PushOptions): Promise<PushResult> => {
		try {
			const { idempotencyKey: id } = options;
			const unsigned = { method: 'POST', url, body, now: clock.now(), id };
			const signed = signatures.length > 0 ? await signRequest(unsigned, signatures) : {};
			const headers = headersFor(config.headers, signed, options);
			const { signal } = options;
			const response = await transport.post({ url, headers, body, timeoutMs, signal });
			const text = answeredText(response, [...secrets, ...Object.values(signed)]);
			return {
				outcome: outcomeOf({ ...response, text }, { ...config, now: clock.now() }),
				response,
			};
		} catch (error) {
			if (error instanceof CoreError) {
				return { outcome: { kind: error.retryable ? 'retry' : 'dead', error } };
			}
			const message = `the request could not be made: ${describeThrown(error)}`;
			return {
				outcome: { kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', message) },
			};
		}
	};
	return {
		async push(body, options = {}) {
			const startedAt = performance.now();
			const result = await send(body, options);
			const durationMs = performance.now() - startedAt;
			tellRequest(result, { durationMs, bytes: body.length }, options);
			return result;
		},
		close: () => transport.close(),
	};
}

/** A request that we broke off ourselves says nothing about the endpoint. */
function tellRequest(
	{ outcome }: PushResult,
	measured: { readonly durationMs: number; readonly bytes: number },
	{ signal, onRequest }: PushOptions,
): void {
	const { answer } = outcome;
	if (!answer && signal?.aborted) return;
	onRequest?.({
		ok: outcome.kind === 'ack',
		...measured,
		...(answer ? { status: answer.status } : {}),
		...(answer?.text === undefined ? {} : { answeredText: answer.text }),
	});
}

/** The user's headers may replace ours and those of the body, in any spelling, and nothing else. */
function headersFor(
	headers: HttpEndpoint['headers'] = {},
	signed: Readonly<Record<string, string>>,
	{ idempotencyKey, contentType = 'application/json', bodyHeaders = {} }: PushOptions,
): Record<string, string> {
	const theirs = { ...headers, ...signed };
	const given = new Set(Object.keys(theirs).map((name) => name.toLowerCase()));
	const { 'content-type': ownType = contentType, ...description } = bodyHeaders;
	const ours = {
		'Content-Type': isHeaderValue(ownType) ? ownType : 'application/json',
		...Object.fromEntries(
			Object.entries(description).filter(
				([name, value]) => isHeaderName(name) && isHeaderValue(value),
			),
		),
		'User-Agent': USER_AGENT,
		...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': toAscii(idempotencyKey) }),
	};
	return {
		...Object.fromEntries(Object.entries(ours).filter(([name]) => !given.has(name.toLowerCase()))),
		...theirs,
	};
}

/** Keys contain names of exports, and a header takes no letters beyond Latin-1. */
function toAscii(key: string): string {
	// By way of bytes: half a surrogate pair, which encodeURI refuses, becomes U+FFFD.
	return encodeURI(Buffer.from(key).toString());
}
