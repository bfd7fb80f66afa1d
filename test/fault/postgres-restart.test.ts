import assert from 'node:assert/strict';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import { createListener, type Listener } from '../../core/receiver/listener/listener';
import { systemClock } from '../../core/runtime/clock';
import { eventually } from '../support/eventually';
import { anExportInput, HOLDER, OPEN, RecordingSink } from '../support/pipeline-fixtures';
import { sharedPostgres } from '../support/postgres';
import { skipWithout } from '../support/skip';
import { type PostgresServer, startPostgres } from '../support/postgres-server';
import {
	anExport,
	aRow,
	claimBatch,
	EXPORT_ID,
	readTexts,
	toText,
} from '../conformance/store-fixtures';
import { assertUnavailable } from './postgres-world';

describe('a PostgreSQL that goes away and comes back (S61)', function () {
	this.timeout(90_000);
	this.slow(10_000);
	let server: PostgresServer;
	let store: Store;
	let count = 0;

	before(async function () {
		try {
			await sharedPostgres();
			server = await startPostgres();
		} catch (error) {
			skipWithout(this, 'PostgreSQL', error);
		}
	});
	after(() => server?.remove());
	beforeEach(async () => {
		store = await openStore({
			kind: 'postgres',
			connectionString: server.connectionString,
			schema: `restart_${count++}`,
			timeoutMs: 2_000,
		});
	});
	afterEach(async () => {
		await store?.close();
		await server?.start();
	});

	const push = (text: string) =>
		store.append({ receiverId: 'receiver', events: [{ rows: [aRow(systemClock, text)] }] });

	for (const how of ['kill', 'immediate', 'fast'] as const) {
		it(`is lived through without losing an acknowledged row: ${how}`, async () => {
			await store.putExport(
				anExport({ conditions: { count: 9_999, sizeBytes: 9e6, timeMs: 6e4 } }),
			);
			const accepted: string[] = [];
			let refused = 0;
			let isRunning = true;
			const appendOn = async (writer: number) => {
				for (let number = 0; isRunning; number++) {
					const text = `${writer}-${number}`;
					try {
						await push(text);
						accepted.push(text);
					} catch (error) {
						assert.equal((error as { code?: string }).code, 'ERR_STORE_UNAVAILABLE');
						refused++;
						await new Promise((resolve) => setTimeout(resolve, 20));
					}
				}
			};
			const writers = Array.from({ length: 16 }, (_, writer) => appendOn(writer));
			await eventually('rows are written', () => accepted.length > 100);
			await server.stop(how);
			await eventually('appends are refused', () => refused > 16);
			const before = accepted.length;
			await server.start();
			await eventually('appends work again', () => accepted.length > before + 100);
			isRunning = false;
			await Promise.all(writers);
			// Each line of the store comes back by itself.
			const batch = await eventually('claims work again', () =>
				claimBatch(store, { flush: true }).catch(() => undefined),
			);
			const read = await eventually('reads work again', () =>
				readTexts(batch).catch(() => undefined),
			);
			const texts = new Set(read);
			const lost = accepted.slice(0, texts.size).filter((text) => !texts.has(text));
			assert.deepEqual(lost, [], 'acknowledged rows are there (I1, I3)');
			const [counters] = await eventually('counters are read again', () =>
				store.counters().catch(() => undefined),
			);
			const total = (counters?.rows ?? 0) + (counters?.openRows ?? 0);
			assert.ok(total >= accepted.length);
			assert.equal(counters?.acceptedTotal, total);
		});
	}

	it('keeps leases, retries and dead letters over a crash of the server', async () => {
		await store.putExport(anExport());
		for (const text of ['a', 'b', 'c']) await push(text);
		const batch = await claimBatch(store);
		await server.stop('kill');
		await assertUnavailable(store.renew(batch.lease));
		await server.start();
		const again = await eventually('claims are answered', () =>
			store.claim(EXPORT_ID, { owner: 'b', leaseMs: 1_000 }).then(
				(batch) => ({ batch }),
				() => undefined,
			),
		);
		assert.equal(again.batch, undefined);
		await eventually('reads work', () => readTexts(batch).catch(() => undefined));
		await store.settle(batch.lease, { kind: 'ack' });
		await eventually('appends work', () => push('d').catch(() => undefined));
		const waiting = await eventually('looks work', () =>
			store.peek(EXPORT_ID).catch(() => undefined),
		);
		assert.deepEqual(waiting.map(toText), ['d']);
	});

	describe('behind a receiver', () => {
		let pipeline: Pipeline;
		let listener: Listener;
		let unmount = () => {};

		beforeEach(async () => {
			pipeline = await openPipeline({ store });
			listener = await createListener({ port: 0 });
		});
		afterEach(async () => {
			unmount();
			await listener?.close();
			await pipeline?.close();
		});

		const post = async (text: string) => {
			const response = await fetch(`http://127.0.0.1:${listener.port}/in`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ text }),
				signal: AbortSignal.timeout(30_000),
			});
			return { status: response.status, headers: response.headers, body: await response.text() };
		};

		it('answers 503 with Retry-After while it is away, 2xx afterwards, and delivers all it took', async () => {
			const sink = new RecordingSink();
			const conditions = { count: 1, time: '1s', size: '1MB' };
			await pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput({ conditions }), ports: { sink } }],
				HOLDER,
			).ready;
			unmount = listener.mount({
				holder: HOLDER,
				path: '/in',
				handler: (request) => pipeline.accept('r1', request),
			});
			assert.equal((await post('one')).status, 200);
			await server.stop('kill');
			// A server process that works on a statement outlives the one that was killed by a moment.
			await eventually('it is away', async () => (await post('refused')).status === 503);
			for (let tries = 0; tries < 3; tries++) {
				const { status, headers, body } = await post('refused');
				assert.equal(status, 503);
				assert.ok(Number(headers.get('retry-after')) >= 1, 'with Retry-After');
				const { password, port, username } = new URL(server.connectionString);
				for (const secret of [password, port, username]) assert.ok(!body.includes(secret));
			}
			await server.start();
			await eventually('it accepts again', async () => (await post('two')).status === 200);
			await eventually(
				'what was accepted is delivered, without anybody asking',
				() => {
					const shown = JSON.stringify(sink.batches.flatMap(({ records }) => records));
					return shown.includes('one') && shown.includes('two');
				},
				30_000,
			);
		});
	});
});
