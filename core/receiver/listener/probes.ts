/**
 * The listener's own paths: whether the process lives (health), whether it takes pushes (ready), and its metrics. They tell codes, ids and
 * numbers: no name that a person gave, no text of an error, no secret.
 */
import { ReceiveError } from '../../errors';
import { prometheusText, PROMETHEUS_TYPE, type Sample } from '../../metrics/prometheus-text';
import { RELEASE } from '../../runtime/release';
import { authenticate } from '../../signature/authenticate';
import { validateSecret } from '../../signature/validate-secret';
import { errorAnswer } from '../answer';
import { normalizeHeaders, type Answer, type PushedRequest } from '../request';
import type { PushHandler } from './node-http';
import type { Place } from './routes';

/** Where a listener tells of itself; what is absent is not served. Paths of their own, as those of receivers. */
export interface ProbeOptions {
	/** 200 as long as the process answers; no secret. */
	readonly healthPath?: string | undefined;
	/** 200 while pushes are taken, else 503 with the codes of why not; no secret. */
	readonly readyPath?: string | undefined;
	/** Metrics as the text format 0.0.4 of Prometheus, for whoever shows the token as a bearer; it opens nothing else. */
	readonly metrics?: { readonly path: string; readonly token: string } | undefined;
}

/** What the probes ask. */
export interface ProbePorts {
	/** Codes of the errors by which pushes are refused now. */
	readonly reasons: () => Promise<readonly string[]>;
	/** Of what is behind the listener, and of the listener. */
	readonly samples: () => Promise<readonly Sample[]>;
}

export const PROBES = { label: 'the listener itself' } as const;

/** @throws ConfigError for a token that is too short or has other characters than a header carries unchanged */
export function probesOf(
	{ healthPath, readyPath, metrics }: ProbeOptions,
	{ reasons, samples }: ProbePorts,
): readonly { readonly place: Place; readonly handler: PushHandler }[] {
	if (metrics) validateSecret('address', metrics.token, 'metricsToken');
	return [
		...(healthPath === undefined
			? []
			: [
					{ place: { path: healthPath }, handler: reading(async () => json(200, { alive: true })) },
				]),
		...(readyPath === undefined
			? []
			: [{ place: { path: readyPath }, handler: reading(async () => readiness(await reasons())) }]),
		...(metrics === undefined
			? []
			: [
					{
						place: { path: metrics.path },
						handler: reading(async (request) => {
							await checkToken(request, metrics.token);
							return metricsAnswer([buildInfo(), ...(await samples())]);
						}),
					},
				]),
	];
}

function readiness(reasons: readonly string[]): Answer {
	return reasons.length === 0
		? json(200, { ready: true })
		: json(503, { ready: false, reasons }, { 'retry-after': '1' });
}

/** In constant time, like every other secret; the answer is that of every failed authentication. @throws SignatureError */
async function checkToken({ method, headers }: PushedRequest, token: string): Promise<void> {
	await authenticate(
		{ method, headers: normalizeHeaders(headers), body: new Uint8Array(), now: Date.now() },
		[{ kind: 'bearer', secrets: [token] }],
	);
}

function buildInfo(): Sample {
	return { name: 'sluice_build_info', labels: { version: RELEASE }, value: 1 };
}

function metricsAnswer(samples: readonly Sample[]): Answer {
	const headers = { 'content-type': PROMETHEUS_TYPE, 'cache-control': 'no-store' };
	return { status: 200, headers, body: prometheusText(samples) };
}

/** What is only read: GET and HEAD. */
function reading(handler: PushHandler): PushHandler {
	return async (request) => {
		if (request.method === 'GET' || request.method === 'HEAD') return handler(request);
		const refused = errorAnswer(new ReceiveError('ERR_METHOD', 'only GET is accepted here'));
		return { ...refused, headers: { ...refused.headers, allow: 'GET, HEAD' } };
	};
}

function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
	return {
		status,
		headers: {
			'content-type': 'application/json; charset=utf-8',
			'cache-control': 'no-store',
			...headers,
		},
		body: JSON.stringify(body),
	};
}
