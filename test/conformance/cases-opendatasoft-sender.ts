import assert from 'node:assert/strict';
import { planNextAttempt } from '../../core/delivery/next-attempt';
import { resolveRetry } from '../../core/delivery/resolve-retry';
import { createSink } from '../../core/sink/create-sink';
import { fakeAttempt } from '../support/fake-attempt';
import { fakeBatch } from '../support/fake-batch';
import { OK, startPushApi, type PushApi } from '../support/push-api';

interface Given {
	readonly domain?: string;
	readonly dataset?: string;
	readonly resource?: string;
	/** Themselves, or how many. */
	readonly records?: readonly object[] | number;
	readonly batchSize?: number;
	readonly bytesPerRecord?: number;
	readonly eachResponse?: readonly number[];
}

interface Expected {
	readonly method?: string;
	readonly url?: string;
	readonly contentType?: string;
	readonly body?: readonly object[];
	readonly requests?: readonly number[];
	readonly requestsAtLeast?: number;
	readonly maxBytesPerRequest?: number;
	readonly attempts?: number;
	readonly retried?: boolean;
	readonly secondAttemptAfterSeconds?: number;
}

export interface SenderCase {
	readonly id: string;
	readonly given: Given;
	readonly expect: Expected;
	readonly ours?: {
		readonly expect: { readonly secondAttemptAfterSeconds: Readonly<Record<string, number>> };
	};
}

export interface AnswerCase {
	readonly id: string;
	readonly senderReads: readonly object[];
	readonly expect: { readonly success: readonly boolean[] };
}

/** What the sender takes for a success (O39). */
export async function checkAnswers({ senderReads, expect }: AnswerCase): Promise<void> {
	const api = await startPushApi();
	const sink = sinkTo(api, {});
	try {
		for (const [index, body] of senderReads.entries()) {
			api.answer = { status: 200, body: JSON.stringify(body) };
			const { kind } = await sink.deliver(
				fakeBatch({ payloads: [Buffer.from('{}')] }),
				fakeAttempt(),
			);
			assert.equal(kind === 'ack', expect.success[index], JSON.stringify(body));
		}
	} finally {
		await sink.close?.();
		await api.close();
	}
}

function sinkTo(api: PushApi, { dataset = 'ds', resource, batchSize }: Given) {
	return createSink(
		{
			kind: 'opendatasoft',
			domain: api.domain,
			dataset,
			resource,
			pushKey: { secretRef: 'K' },
			maxRecords: batchSize,
		},
		{ resolveSecret: () => 'K' },
	);
}

/** Sends what is given, once for each answer, and compares with what is expected. */
export async function checkSender(one: SenderCase): Promise<void> {
	const { eachResponse = [OK.status] } = one.given;
	for (const status of eachResponse) {
		const api = await startPushApi();
		try {
			if (status !== OK.status) api.answer = { status, body: '{"status":"error","error":"no"}' };
			await checkOnce(one, api, status);
		} finally {
			await api.close();
		}
	}
}

async function checkOnce(
	{ given, expect, ours }: SenderCase,
	api: PushApi,
	status: number,
): Promise<void> {
	const batch = fakeBatch({
		payloads: recordsOf(given).map((one) => Buffer.from(JSON.stringify(one))),
	});
	const sink = sinkTo(api, given);
	const outcome = await sink.deliver(batch, fakeAttempt());
	await sink.close?.();
	const [first = assert.fail('nothing was sent')] = api.received;
	const { domain = api.domain } = given;
	if (expect.url !== undefined) {
		assert.equal(`${domain}${first.url}`, expect.url);
		assert.equal(first.method, expect.method);
		assert.equal(first.headers['content-type'], expect.contentType);
		assert.deepEqual(JSON.parse(first.body.toString()), expect.body);
	}
	const sizes = api.received.map(({ body }) => (JSON.parse(body.toString()) as unknown[]).length);
	if (expect.requests) assert.deepEqual(sizes, expect.requests);
	if (expect.requestsAtLeast !== undefined) assert(sizes.length >= expect.requestsAtLeast);
	const largest = Math.max(...api.received.map(({ body }) => body.length));
	assert(largest <= (expect.maxBytesPerRequest ?? Infinity), String(largest));
	if (expect.attempts !== undefined) {
		assert.equal(api.received.length, expect.attempts);
		// A pause keeps the records, and no second attempt is made either (O40).
		const isPaused = outcome.kind === 'retry' && outcome.pause === true;
		assert.equal(outcome.kind === 'dead' || isPaused, true, `${status}: ${outcome.kind}`);
	}
	if (expect.retried) {
		const retry = resolveRetry({ jitter: 0 }, 'retry');
		const planned = planNextAttempt(outcome, batch, { retry, now: 0, random: 0.5 });
		assert(planned.kind === 'retry', planned.kind);
		const { secondAttemptAfterSeconds: ofOurs = {} } = ours?.expect ?? {};
		assert.equal(planned.at, (ofOurs[status] ?? expect.secondAttemptAfterSeconds ?? 0) * 1_000);
	}
}

function recordsOf({ records = 1, bytesPerRecord }: Given): readonly object[] {
	if (typeof records !== 'number') return records;
	const text = 'x'.repeat(Math.max(0, (bytesPerRecord ?? 0) - '{"t":""}'.length));
	return Array.from({ length: records }, (_, n) => (bytesPerRecord ? { t: text } : { n }));
}
