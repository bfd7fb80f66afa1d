import { CoreError, DeliveryError } from '../../errors';
import { shorten } from '../../message-text';
import { HTTP_TIMEOUT_MS, SHOWN_ANSWER_LENGTH } from '../../pure/bounds';
import { systemClock, type Clock } from '../../runtime/clock';
import { signRequest } from '../../signature/sign-request';
import { describeThrown } from '../../describe-thrown';
import type { Exchange } from '../exchange';
import { reportedError } from '../reported-error';
import { outcomeOf, type AnswerToRead, type RequestOutcome } from './answer';
import { answeredText, secretsOf } from './answered-text';
import type { Authenticator } from './auth/auth-kind';
import { createAuthenticator } from './auth/index';
import { encodeContent, type Content } from './content';
import { validateHttpSink, type HttpEndpoint } from './http-config';
import type { PushOptions } from './push-options';
import { headersFor } from './request-headers';
import { compileStatusRules } from './status-rules';
import { isUnreachable } from './is-unreachable';
import { showExchange, type MadeRequest } from './show-exchange';
import { createTransport, type PushResponse, type Transport } from './transport';

/** What an HTTP target takes from outside; everything has a default. */
export interface HttpPorts {
	readonly clock?: Pick<Clock, 'now'> | undefined;
	readonly transport?: Transport | undefined;
	/** What an answer means; default: what its status does (`outcomeOf`). */
	readonly readAnswer?: ((answer: AnswerToRead, now: number) => RequestOutcome) | undefined;
	/** What must not be shown of it; default: what of its configuration may be a secret (`secretsOf`). */
	readonly secrets?: readonly string[] | undefined;
	/** Is shown each request when it has ended; for tests of a destination. */
	readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** What became of one request. */
export interface PushResult {
	readonly outcome: RequestOutcome;
	/** Absent when nothing was answered. */
	readonly response?: PushResponse;
}

/** An endpoint that takes what is pushed to it. */
export interface HttpTarget {
	/**
	 * Sends exactly these bytes, or their gzip where the configuration says so, signed now: over what is sent. Never rejects: a request
	 * that failed is an outcome. Where credentials have ended the request is made a second time with new ones.
	 */
	push(body: Uint8Array, options?: PushOptions): Promise<PushResult>;
	close(): void;
}

/** @throws ConfigError */
export function createHttpTarget(config: HttpEndpoint, ports: HttpPorts = {}): HttpTarget {
	validateHttpSink(config);
	const { clock = systemClock, transport = createTransport(config) } = ports;
	const { timeoutMs = HTTP_TIMEOUT_MS.fallback } = config;
	const auth = config.auth && createAuthenticator(config.auth, { transport, clock, timeoutMs });
	const rules = compileStatusRules(config);
	const {
		secrets = secretsOf(config),
		readAnswer = (answer, now) => outcomeOf(answer, { rules, now }),
	} = ports;
	const endpoint: Endpoint = { config, timeoutMs, clock, transport, readAnswer, secrets };
	return {
		async push(body, options = {}) {
			const content = await encodeContent(body, options.bodyHeaders, config.gzip);
			const send = async (): Promise<Sent> => {
				const sent = await timed(() => sendOnce(endpoint, auth, content, options));
				tell(sent, content.bytes.length, options);
				ports.onExchange?.(show(sent, body, addressOf(config, options)));
				return sent;
			};
			const sent = await send();
			const { result } = sent.isRefused ? await send() : sent;
			return result;
		},
		close() {
			auth?.close?.();
			transport.close();
		},
	};
}

interface Endpoint {
	readonly config: HttpEndpoint;
	readonly timeoutMs: number;
	readonly clock: Pick<Clock, 'now'>;
	readonly transport: Transport;
	readonly readAnswer: NonNullable<HttpPorts['readAnswer']>;
	readonly secrets: readonly string[];
}

interface Made {
	readonly result: PushResult;
	/** Absent where there was none to make. */
	readonly request: MadeRequest | undefined;
	/** Its credentials have ended, and others may be had. */
	readonly isRefused?: boolean;
}

interface Sent extends Made {
	readonly durationMs: number;
}

/** Signed anew and with the credentials of now. Never rejects. */
async function sendOnce(
	{ config, timeoutMs, clock, transport, readAnswer, secrets }: Endpoint,
	auth: Authenticator | undefined,
	{ bytes: body, headers: description }: Content,
	options: PushOptions,
): Promise<Made> {
	const { signatures = [] } = config;
	const { method, url } = addressOf(config, options);
	const { signal } = options;
	let request: MadeRequest | undefined;
	try {
		const credentials = await auth?.credentials(signal);
		const unsigned = { method, url, body, now: clock.now(), id: options.idempotencyKey };
		const signed = signatures.length > 0 ? await signRequest(unsigned, signatures) : {};
		const headers = headersFor(
			config.headers,
			{ ...signed, ...credentials?.headers },
			{ ...options, bodyHeaders: description },
		);
		const made = [...Object.values(signed), ...(credentials?.secrets ?? [])];
		const hidden = made.length > 0 ? [...secrets, ...made] : secrets;
		request = { headers, hidden };
		const response = await transport.send({ method, url, headers, body, timeoutMs, signal });
		const text = answeredText(response, hidden);
		const outcome = readAnswer({ ...response, text }, clock.now());
		const isRefused = credentials && auth?.answered?.(credentials, response.status);
		return { result: { outcome, response }, request, ...(isRefused ? { isRefused } : {}) };
	} catch (error) {
		return { result: { outcome: failed(error, clock.now()) }, request };
	}
}

function addressOf(
	{ url, method = 'POST' }: HttpEndpoint,
	{ to = { method, url } }: PushOptions,
): NonNullable<PushOptions['to']> {
	return to;
}

function failed(error: unknown, now: number): RequestOutcome {
	if (!(error instanceof CoreError)) {
		const message = `the request could not be made: ${describeThrown(error)}`;
		return { kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', message) };
	}
	if (!error.retryable) return { kind: 'dead', error };
	const { retryAfterMs } = error;
	return {
		kind: 'retry',
		...(retryAfterMs === undefined ? {} : { at: now + retryAfterMs }),
		error,
	};
}

async function timed(send: () => Promise<Made>): Promise<Sent> {
	const startedAt = performance.now();
	const made = await send();
	return { ...made, durationMs: performance.now() - startedAt };
}

/** Tells of a request. One that we broke off ourselves says nothing about the endpoint. */
function tell(
	{ result: { outcome }, durationMs }: Sent,
	bytes: number,
	{ signal, onRequest, rows = 1 }: PushOptions,
): void {
	const { answer } = outcome;
	if (!answer && signal?.aborted) return;
	onRequest?.({
		ok: outcome.kind === 'ack',
		durationMs,
		rows,
		bytes,
		...('error' in outcome ? reportedError(outcome.error) : {}),
		...(isUnreachable(outcome) ? { unreachable: true } : {}),
		...(answer ? { status: answer.status } : {}),
		...(answer?.asksToDisable ? { gone: true } : {}),
		...(answer?.text === undefined
			? {}
			: { answeredText: shorten(answer.text, SHOWN_ANSWER_LENGTH) }),
	});
}

function show(
	{ result: { outcome, response }, request, durationMs }: Sent,
	body: Uint8Array,
	{ method, url }: NonNullable<PushOptions['to']>,
): Exchange {
	const error = 'error' in outcome ? outcome.error : undefined;
	return showExchange({ method, url, body, made: request, response, error, durationMs });
}
