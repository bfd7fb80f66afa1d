import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Outcome } from '../../core/buffer/store';
import { createEvent } from '../../core/event/create-event';
import { encodeEvent } from '../../core/event/codec';
import { matchesFilter } from '../../core/mapping/filter';
import { DEFAULT_RETRY } from '../../core/pipeline/parse-config';
import { verifyBody } from '../../core/signature/verify-body';
import { createHttpSink, type HttpSinkConfig } from '../../core/sink/http/http-sink';
import { DISRUPTIVE_RETRY, nextDelayMs } from '../../core/sink/http/retry-policy';
import { fakeBatch } from '../support/fake-batch';
import { startHttpReceiver, type HttpReceiver } from '../support/http-receiver';

type Json = Record<string, unknown>;
interface Case<Given extends Json = Json, Expect extends Json = Json> {
	id: string;
	given: Given;
	expect: Expect;
}

const sections = JSON.parse(
	readFileSync(new URL('../cases/disruptive.json', import.meta.url), 'utf8'),
) as Record<'delivery' | 'retry' | 'filter', Case[]>;

/** The case of a section; a case that is gone fails the test that was about it. */
function find<Given extends Json, Expect extends Json>(
	section: keyof typeof sections,
	id: string,
): Case<Given, Expect> {
	const one = sections[section].find((each) => each.id === id);
	return (one ?? assert.fail(`no case ${id}`)) as Case<Given, Expect>;
}

/** A Data Connector: each event in a request of its own, as it came; every status but 2xx is retried. */
const CONNECTOR = { send: 'row', retryAllStatuses: true } as const;
const NOW = 1_700_000_000_000;

describe('Disruptive delivery cases', () => {
	let receiver: HttpReceiver;
	let status = 200;
	let now = NOW;

	beforeEach(async () => {
		[status, now] = [200, NOW];
		receiver = await startHttpReceiver((_request, response) => response.writeHead(status).end());
	});
	afterEach(() => receiver.close());

	async function deliver(events: number, config: Partial<HttpSinkConfig> = {}): Promise<Outcome> {
		const sink = createHttpSink(
			{ url: receiver.url, ...CONNECTOR, ...config },
			{ clock: { now: () => now } },
		);
		const bodies = Array.from({ length: events }, (_, i) => `{"event": {"eventId": "e${i}"}}`);
		const payloads = bodies.map((body) => encodeEvent(createEvent({ body })));
		try {
			const batch = fakeBatch({ output: 'event', payloads });
			return await sink.deliver(batch, {
				number: 1,
				startedAt: 0,
				signal: new AbortController().signal,
			});
		} finally {
			await sink.close?.();
		}
	}

	it('ack-2xx', async () => {
		for (const code of find<{ responses: number[] }, Json>('delivery', 'ack-2xx').given.responses) {
			status = code;
			assert.deepEqual(await deliver(1), { kind: 'ack' });
		}
	});

	it('non-2xx', async () => {
		const { given } = find<{ eachResponse: number[] }, Json>('delivery', 'non-2xx');
		for (const code of given.eachResponse) {
			status = code;
			assert.equal((await deliver(1)).kind, 'retry', String(code));
		}
	});

	it('one-post-per-event', async () => {
		const { given, expect } = find<{ events: number }, { posts: number }>(
			'delivery',
			'one-post-per-event',
		);
		assert.deepEqual(await deliver(given.events), { kind: 'ack' });
		assert.equal(receiver.received.length, expect.posts);
		assert.equal(receiver.received[1]?.body.toString(), '{"event": {"eventId": "e1"}}');
	});

	it('no-secret-no-header', async () => {
		const { given, expect } = find<{ signatureSecret: string }, { headerAbsent: string }>(
			'filter',
			'no-secret-no-header',
		);
		await deliver(1, { signature: { secret: given.signatureSecret } });
		assert.equal(receiver.received[0]?.headers[expect.headerAbsent.toLowerCase()], undefined);
	});

	it('custom-headers', async () => {
		const { given, expect } = find<
			{ headers: Record<string, string> },
			{ headersSent: Record<string, string> }
		>('filter', 'custom-headers');
		await deliver(1, { headers: given.headers });
		for (const [name, value] of Object.entries(expect.headersSent)) {
			assert.equal(receiver.received[0]?.headers[name], value);
		}
	});

	it('resigned', async () => {
		const { given, expect } = find<
			{ signatureSecret: string; responses: number[] },
			{ expMinusIat: number }
		>('retry', 'resigned');
		for (const code of given.responses) {
			status = code;
			await deliver(1, { signature: { secret: given.signatureSecret } });
			now += 60_000;
		}
		const ids = new Set<unknown>();
		for (const [i, { headers, body }] of receiver.received.entries()) {
			const token = String(headers['x-dt-signature']);
			const at = NOW + i * 60_000;
			const claims = await verifyBody({ token, body, secrets: [given.signatureSecret], now: at });
			assert.equal(claims.iat, at / 1000);
			assert.equal(Number(claims.exp) - Number(claims.iat), expect.expMinusIat);
			ids.add(claims.jti);
		}
		assert.equal(ids.size, given.responses.length);
		assert.equal(new Set(receiver.received.map(({ body }) => body.toString())).size, 1);
	});
});

describe('Disruptive filter cases', () => {
	for (const id of ['empty-all', 'two']) {
		it(id, () => {
			const { given, expect } = find<
				{ events: string[]; incoming: string[] },
				{ forwarded: string[] }
			>('filter', id);
			const forwarded = given.incoming.filter((type) =>
				matchesFilter({ types: given.events }, { type }),
			);
			assert.deepEqual(forwarded, expect.forwarded);
		});
	}
});

describe('Disruptive retry cases', () => {
	const presets = { 'default-schedule': DEFAULT_RETRY, 'disruptive-preset': DISRUPTIVE_RETRY };
	for (const [id, preset] of Object.entries(presets)) {
		it(id, () => {
			const { expect } = find<Json, { attempts: number; retries: { delaySeconds: number }[] }>(
				'retry',
				id,
			);
			const delays = Array.from({ length: expect.attempts }, (_, i) =>
				nextDelayMs({ ...preset, jitter: 0 }, i + 1, Math.random()),
			);
			const expected = expect.retries.map(({ delaySeconds }) => delaySeconds * 1000);
			assert.deepEqual(delays, [...expected, undefined]);
		});
	}

	it('jitter-bounds', () => {
		const { given, expect } = find<
			{ retry: number; jitter: number },
			{ delaySecondsMin: number; delaySecondsMax: number }
		>('retry', 'jitter-bounds');
		const at = (random: number) =>
			nextDelayMs({ ...DEFAULT_RETRY, jitter: given.jitter }, given.retry, random);
		assert.deepEqual(
			[at(0), at(1)],
			[expect.delaySecondsMin * 1000, expect.delaySecondsMax * 1000],
		);
	});
});
