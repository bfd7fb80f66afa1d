import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Outcome } from '../../../core/buffer/store';
import type { HttpEndpoint } from '../../../core/sink/http/http-config';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import type { Attempt, Permit, Sink } from '../../../core/sink/sink';
import type { DeliveryRules } from '../../../core/sink/sink-kind';
import { eventually } from '../../support/eventually';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';

/** An endpoint whose answers are given by hand. */
class SlowEndpoint {
	readonly arrived: string[] = [];
	readonly #open = new Map<string, ServerResponse>();
	#mostOpen = 0;
	readonly #server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString();
			this.arrived.push(body);
			this.#open.set(body, response);
			this.#mostOpen = Math.max(this.#mostOpen, this.#open.size);
			this.onRequest(body);
		});
	});
	onRequest: (body: string) => void = () => {};

	async listen(): Promise<string> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
	}

	/** Bodies of requests that wait for their answer. */
	get open(): string[] {
		return [...this.#open.keys()].sort();
	}

	get mostOpen(): number {
		return this.#mostOpen;
	}

	answer(body: string, status = 200, headers: Record<string, string> = {}): void {
		const response = this.#open.get(body);
		assert.ok(response, `${body} is not open, but ${this.open.join()} are`);
		this.#open.delete(body);
		response.writeHead(status, headers).end();
	}

	async until(...bodies: string[]): Promise<void> {
		await eventually(
			`${bodies.join()} wait for answers`,
			() => this.open.join() === bodies.toSorted().join(),
			5_000,
		);
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, 'close');
	}
}

/** Rows `a1 b1 a2` are the first of key a, the first of key b, the second of key a; `-1` has no key. */
const rowsOf = (...names: string[]) =>
	fakeBatch({
		payloads: names.map((name) => new TextEncoder().encode(JSON.stringify(name))),
		keys: names.map((name) => (name.startsWith('-') ? undefined : name.slice(0, -1))),
	});
const q = (name: string): string => JSON.stringify(name);

describe('rows in requests of their own, several at once', () => {
	let endpoint: SlowEndpoint;
	let url: string;
	const sinks: Sink[] = [];

	beforeEach(async () => {
		endpoint = new SlowEndpoint();
		url = await endpoint.listen();
	});
	afterEach(async () => {
		for (const sink of sinks.splice(0)) await sink.close?.();
		await endpoint.close();
	});

	function aSink(rules: DeliveryRules, config: Partial<HttpEndpoint> = {}): Sink {
		const sink = createHttpSink(
			{ url, send: 'row', ...config },
			{ rules, clock: { now: () => 1_000_000 } },
		);
		sinks.push(sink);
		return sink;
	}
	const deliver = (sink: Sink, names: string[], attempt: Partial<Attempt> = {}) =>
		sink.deliver(rowsOf(...names), fakeAttempt(attempt));
	const open = (...names: string[]) => endpoint.until(...names.map(q));
	const answer = (name: string, status?: number, headers?: Record<string, string>) =>
		endpoint.answer(q(name), status, headers);
	/** All that comes is answered so. */
	const always = (statusOf: (name: string) => number) => {
		endpoint.onRequest = (body) => endpoint.answer(body, statusOf(JSON.parse(body) as string));
	};
	function split(outcome: Outcome) {
		assert(outcome.kind === 'split', outcome.kind);
		const { retry, hold = [], dead, retryAt } = outcome;
		return { retry, hold, dead, ...(retryAt === undefined ? {} : { retryAt }) };
	}

	describe('how many', () => {
		it('are as many as batches may be, where nothing else is said', async () => {
			const outcome = deliver(aSink({ maxInFlight: 2 }), ['a1', 'b1', 'c1']);
			await open('a1', 'b1');
			answer('b1');
			await open('a1', 'c1');
			answer('a1');
			answer('c1');
			assert.equal((await outcome).kind, 'ack');
			assert.equal(endpoint.mostOpen, 2);
		});

		it('are as many as the sink says', async () => {
			const outcome = deliver(aSink({ maxInFlight: 1 }, { concurrency: 3 }), [
				'a1',
				'b1',
				'c1',
				'd1',
			]);
			await open('a1', 'b1', 'c1');
			for (const name of ['c1', 'b1', 'a1']) answer(name);
			await open('d1');
			answer('d1');
			assert.equal((await outcome).kind, 'ack');
		});

		for (const rules of [{}, { order: 'strict', maxInFlight: 9 }] as DeliveryRules[]) {
			it(`is one with ${JSON.stringify(rules)}`, async () => {
				endpoint.onRequest = (body) => void setTimeout(() => endpoint.answer(body), 5);
				const names = ['a1', 'b1', 'c1', 'a2'];
				assert.equal((await deliver(aSink(rules), names)).kind, 'ack');
				assert.equal(endpoint.mostOpen, 1);
				assert.deepEqual(endpoint.arrived, names.map(q));
			});
		}

		it('is of all batches together; the older one goes first, and the next as soon as there is room', async () => {
			const sink = aSink({}, { concurrency: 2 });
			const first = deliver(sink, ['a1', 'b1', 'c1']);
			const second = deliver(sink, ['d1', 'e1']);
			await open('a1', 'b1');
			answer('a1');
			await open('b1', 'c1');
			answer('c1');
			await open('b1', 'd1');
			answer('b1');
			assert.equal((await first).kind, 'ack');
			await open('d1', 'e1');
			answer('d1');
			answer('e1');
			assert.equal((await second).kind, 'ack');
			assert.equal(endpoint.mostOpen, 2);
		});

		it('lets a batch of new rows go before an older batch, and that one get its turn', async () => {
			const sink = aSink({}, { concurrency: 1 });
			const old = deliver(sink, ['o1', 'o2', 'o3']);
			await open('o1');
			const names = Array.from({ length: 6 }, (_, i) => `l${i}`);
			const live = deliver(sink, names, { isLive: true });
			endpoint.onRequest = (body) => endpoint.answer(body);
			answer('o1');
			await Promise.all([old, live]);
			assert.deepEqual(
				endpoint.arrived.map((body) => JSON.parse(body) as unknown),
				['o1', 'l0', 'l1', 'l2', 'l3', 'o2', 'l4', 'l5', 'o3'],
			);
		});

		it('asks for a permit for each, one after the other', async () => {
			let asked = 0;
			let asking = 0;
			const permit = async (): Promise<Permit> => {
				asked += 1;
				asking += 1;
				assert.equal(asking, 1);
				await new Promise((resolve) => setImmediate(resolve));
				asking -= 1;
				return asked > 3 ? { notBefore: 7 } : 'granted';
			};
			always(() => 200);
			const sink = aSink({}, { concurrency: 9 });
			const outcome = await deliver(sink, ['a1', 'b1', 'c1', 'd1', 'e1'], { permit });
			assert.deepEqual(split(outcome), { retry: [], hold: [3, 4], dead: [], retryAt: 7 });
			assert.equal(asked, 4);
		});
	});

	describe('where one comes again', () => {
		it('no more are begun, those under way end, and the rest is held', async () => {
			const outcome = deliver(aSink({}, { concurrency: 3 }), ['a1', 'b1', 'c1', 'd1', 'e1']);
			await open('a1', 'b1', 'c1');
			answer('b1', 500);
			answer('c1', 400);
			answer('a1');
			assert.deepEqual(split(await outcome), { retry: [1], hold: [3, 4], dead: [2] });
			assert.equal(endpoint.arrived.length, 3);
		});

		it('those under way may come again, too, at the latest instant that is asked for', async () => {
			const outcome = deliver(aSink({}, { concurrency: 3 }), ['a1', 'b1', 'c1', 'd1']);
			await open('a1', 'b1', 'c1');
			answer('c1', 503, { 'Retry-After': '9' });
			answer('a1', 503, { 'Retry-After': '2' });
			answer('b1');
			const expected = { retry: [0, 2], hold: [3], dead: [], retryAt: 1_009_000 };
			assert.deepEqual(split(await outcome), expected);
		});

		it('a batch that waits behind it goes on', async () => {
			const sink = aSink({}, { concurrency: 1 });
			const first = deliver(sink, ['a1', 'b1']);
			const second = deliver(sink, ['c1']);
			await open('a1');
			answer('a1', 500);
			assert.deepEqual(split(await first), { retry: [0], hold: [1], dead: [] });
			await open('c1');
			answer('c1');
			assert.equal((await second).kind, 'ack');
		});
	});

	describe('by key', () => {
		const keyed: DeliveryRules = { order: 'key', maxInFlight: 9 };

		it('two rows of a key are never under way together, and go in their order', async () => {
			const outcome = deliver(aSink(keyed), ['a1', 'a2', 'b1', 'a3', 'b2', '-1', '-2']);
			await open('a1', 'b1', '-1', '-2');
			answer('b1');
			await open('a1', 'b2', '-1', '-2');
			answer('a1');
			await open('a2', 'b2', '-1', '-2');
			answer('a2');
			await open('a3', 'b2', '-1', '-2');
			for (const name of ['-1', '-2', 'b2', 'a3']) answer(name);
			assert.equal((await outcome).kind, 'ack');
		});

		it('in any order keys count for nothing', async () => {
			const outcome = deliver(aSink({ maxInFlight: 9 }), ['a1', 'a2']);
			await open('a1', 'a2');
			answer('a1');
			answer('a2');
			assert.equal((await outcome).kind, 'ack');
		});

		for (const status of [500, 501, 599]) {
			it(`a row that fails by itself (${status}) holds its key alone`, async () => {
				always((name) => (name === 'a2' ? status : 200));
				const names = ['a1', 'a2', 'b1', 'a3', 'b2', '-1', 'a4'];
				const outcome = await deliver(aSink(keyed), names);
				assert.deepEqual(split(outcome), { retry: [1], hold: [3, 6], dead: [] });
				assert.deepEqual(endpoint.arrived.toSorted(), ['a1', 'a2', 'b1', 'b2', '-1'].map(q).sort());
			});

			it(`and so it does (${status}) where they are read after it has failed`, async () => {
				always((name) => (name === 'a1' ? status : 200));
				const names = ['a1', 'b1', 'c1', 'a2', 'b2', 'a3'];
				const outcome = await deliver(aSink({ order: 'key' }), names);
				assert.deepEqual(split(outcome), { retry: [0], hold: [3, 5], dead: [] });
			});
		}

		it('a row without a key that fails by itself holds nobody', async () => {
			always((name) => (name === '-1' ? 500 : 200));
			const outcome = await deliver(aSink({ order: 'key' }), ['-1', '-2', 'a1']);
			assert.deepEqual(split(outcome), { retry: [0], hold: [], dead: [] });
		});

		it('a row that is refused for good lets the next of its key go', async () => {
			always((name) => (name === 'a1' ? 400 : 200));
			const outcome = await deliver(aSink(keyed), ['a1', 'a2']);
			assert.deepEqual(split(outcome), { retry: [], hold: [], dead: [0] });
			assert.deepEqual(endpoint.arrived, ['a1', 'a2'].map(q));
		});

		for (const status of [401, 408, 421, 425, 429, 502, 503, 504]) {
			it(`${status} is about the endpoint, and ends the attempt`, async () => {
				const config = { concurrency: 1, retryAllStatuses: true };
				always((name) => (name === 'a1' ? status : 200));
				const outcome = await deliver(aSink(keyed, config), ['b1', 'a1', 'c1', 'a2']);
				assert.deepEqual(split(outcome), { retry: [1], hold: [2, 3], dead: [] });
			});
		}

		it('so is any status with Retry-After', async () => {
			const outcome = deliver(aSink({ order: 'key' }), ['a1', 'b1']);
			await open('a1');
			answer('a1', 500, { 'Retry-After': '5' });
			assert.deepEqual(split(await outcome), {
				retry: [0],
				hold: [1],
				dead: [],
				retryAt: 1_005_000,
			});
		});

		it('so is a connection that breaks', async () => {
			endpoint.onRequest = () => void endpoint.close().then(() => endpoint.listen());
			const outcome = await deliver(aSink({ order: 'key' }), ['a1', 'b1']);
			assert.deepEqual(split(outcome), { retry: [0], hold: [1], dead: [] });
		});

		it('ten keys that fail one after the other say that it is the endpoint', async () => {
			always(() => 500);
			const names = Array.from({ length: 30 }, (_, i) => `${String.fromCharCode(97 + i)}1`);
			const { retry, hold } = split(await deliver(aSink({ order: 'key' }), names));
			assert.deepEqual(
				[retry, hold],
				[Array.from({ length: 10 }, (_, i) => i), Array.from({ length: 20 }, (_, i) => 10 + i)],
			);
		});

		it('nine of them between others do not', async () => {
			always((name) => (name.startsWith('k') ? 200 : 500));
			const names = Array.from({ length: 40 }, (_, i) =>
				i % 10 === 9 ? `k${i}` : `${String.fromCharCode(97 + (i % 10))}x${i}1`,
			);
			const { retry, hold } = split(await deliver(aSink({ order: 'key' }), names));
			assert.deepEqual([retry.length, hold.length], [36, 0]);
		});
	});

	describe('what is broken off', () => {
		it('gives back what was under way and what was not begun; what was taken is done', async () => {
			const abort = new AbortController();
			const sink = aSink({}, { concurrency: 2 });
			const outcome = deliver(sink, ['a1', 'b1', 'c1', 'd1'], { signal: abort.signal });
			await open('a1', 'b1');
			answer('a1');
			await open('b1', 'c1');
			abort.abort();
			assert.deepEqual(split(await outcome), { retry: [], hold: [1, 2, 3], dead: [] });
		});

		it('is at once, also while it waits for its turn or for another row of its key', async () => {
			const abort = new AbortController();
			const { signal } = abort;
			const sink = aSink({ order: 'key' }, { concurrency: 1 });
			const under = deliver(sink, ['a1', 'a2'], { signal });
			await open('a1');
			const waiting = deliver(sink, ['b1'], { signal });
			const other = deliver(sink, ['c1']);
			abort.abort();
			assert.equal((await waiting).kind, 'release');
			assert.equal((await under).kind, 'release');
			await open('a1', 'c1');
			answer('c1');
			assert.equal((await other).kind, 'ack');
		});

		it('is nothing where it was broken off before', async () => {
			const signal = AbortSignal.abort();
			assert.equal((await deliver(aSink({}), ['a1'], { signal })).kind, 'release');
			assert.deepEqual(endpoint.arrived, []);
		});
	});

	it('fails as the store does, when what is under way has ended', async () => {
		const broken = new Error('the store is gone');
		const batch = {
			...rowsOf('a1', 'b1', 'c1'),
			async *rows() {
				for await (const rows of rowsOf('a1', 'b1').rows()) yield rows;
				throw broken;
			},
		};
		const sink = aSink({}, { concurrency: 3 });
		let isOver = false;
		const outcome = sink.deliver(batch, fakeAttempt()).finally(() => (isOver = true));
		outcome.catch(() => {});
		await open('a1', 'b1');
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(isOver, false);
		answer('a1');
		answer('b1');
		await assert.rejects(outcome, broken);
		always(() => 200);
		assert.equal((await deliver(sink, ['d1', 'e1', 'f1', 'g1'])).kind, 'ack', 'no slot is lost');
	});

	it('reads on no further than there is room for rows that wait for their key', async () => {
		const big = new TextEncoder().encode(q('x'.repeat(1_048_576)));
		let read = 0;
		const batch = fakeBatch({
			payloads: Array(20).fill(big) as Uint8Array[],
			keys: Array(20).fill('k'),
		});
		const rows = batch.rows.bind(batch);
		const counted = {
			...batch,
			async *rows() {
				for await (const slice of rows()) {
					read += slice.length;
					yield slice;
				}
			},
		};
		const outcome = aSink({ order: 'key', maxInFlight: 2 }).deliver(counted, fakeAttempt());
		await eventually('the first has arrived', () => endpoint.arrived.length === 1, 5_000);
		await new Promise((resolve) => setImmediate(resolve));
		assert.ok(read <= 8, `${read} rows of 1 MB were read`);
		endpoint.onRequest = (body) => endpoint.answer(body);
		endpoint.answer(endpoint.open[0] ?? '');
		assert.equal((await outcome).kind, 'ack');
		assert.equal(endpoint.arrived.length, 20);
	});
});
