import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import threads, { type Worker } from 'node:worker_threads';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import { anExport, appendTexts, claimBatch, readTexts } from '../conformance/store-fixtures';
import { eventually } from '../support/eventually';
import { startChild } from './child';

const CONDITIONS = { count: 3, sizeBytes: 1_000, timeMs: 60_000 };

describe('the worker of a sqlite store', function () {
	this.timeout(90_000);
	let directory = '';
	let store: Store | undefined;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-worker-'));
	});
	afterEach(async () => {
		await store?.close();
		store = undefined;
		await rm(directory, { recursive: true, force: true });
	});

	/** Opens the store and catches its worker on the way. */
	const openWithWorker = async () => {
		const caught = new Promise<Worker>((resolve) => process.once('worker', resolve));
		store = await openStore({ kind: 'sqlite', directory });
		await store.putExport(anExport({ conditions: CONDITIONS }));
		return { store, worker: await caught };
	};

	it('may die: who waits is told, the host lives, and the store goes on with every row', async () => {
		const { store, worker } = await openWithWorker();
		await appendTexts(store, systemClock, ['a', 'b']);
		const restarted = new Promise<Worker>((resolve) => process.once('worker', resolve));
		const waiting = [appendTexts(store, systemClock, ['lost']), store.counters()];
		void worker.terminate();
		for (const result of await Promise.allSettled(waiting)) {
			assert.equal(result.status, 'rejected');
			assert.equal(result.reason.code, 'ERR_STORE_UNAVAILABLE');
		}
		await assert.rejects(appendTexts(store, systemClock, ['refused']), {
			code: 'ERR_STORE_UNAVAILABLE',
		});
		await untilOpened(await restarted);
		await appendTexts(store, systemClock, ['c']);
		assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
	});

	it('may die while nobody closes: close still ends', async () => {
		const { store, worker } = await openWithWorker();
		await worker.terminate();
		await store.close();
	});

	it('may die and be closed while it starts again: nobody keeps the directory', async () => {
		const { store, worker } = await openWithWorker();
		const restarted = new Promise<Worker>((resolve) => process.once('worker', resolve));
		await worker.terminate();
		const started = await restarted;
		await store.close();
		assert.equal(started.threadId, -1, 'the thread has ended');
		const again = await openStore({ kind: 'sqlite', directory });
		await again.close();
	});

	it('may be closed by all its users, whatever a second one met when it opened', async () => {
		const { store, worker } = await openWithWorker();
		const restarted = new Promise<Worker>((resolve) => process.once('worker', resolve));
		await worker.terminate();
		await assert.rejects(openStore({ kind: 'sqlite', directory }), {
			code: 'ERR_STORE_UNAVAILABLE',
		});
		await untilOpened(await restarted);
		await store.close();
		assert.equal(existsSync(join(directory, 'owner.json')), false, 'the store is closed');
	});

	it('gives other idempotency keys when its directory was wiped (I20)', async () => {
		const { store, worker } = await openWithWorker();
		const deliver = async () => {
			await store.putExport(anExport({ conditions: CONDITIONS }));
			await appendTexts(store, systemClock, ['a', 'b', 'c']);
			const batch = await claimBatch(store);
			await store.settle(batch.lease, { kind: 'ack' });
			return batch.idempotencyKey;
		};
		const first = await deliver();
		const restarted = new Promise<Worker>((resolve) => process.once('worker', resolve));
		for (const name of readdirSync(directory)) {
			rmSync(join(directory, name), { recursive: true, force: true });
		}
		await worker.terminate();
		await untilOpened(await restarted);
		assert.notEqual(await deliver(), first);
		assert.equal(store.id, (await store.stats()).storeId);
	});

	it('lets the host live when no thread can be had, and starts when one can', async () => {
		const { store, worker } = await openWithWorker();
		const { Worker: real } = threads;
		let refused = 0;
		threads.Worker = function refuse() {
			refused++;
			throw new Error('Worker initialization failure: EAGAIN');
		} as never;
		try {
			await worker.terminate();
			await eventually('two starts were refused', () => refused >= 2);
		} finally {
			threads.Worker = real;
		}
		await eventually('the store is back', () =>
			store.counters().then(
				() => true,
				() => false,
			),
		);
	});

	it('does not keep a host alive that has nothing else to do', async () => {
		const child = startChild('idle.ts', [directory, 'leave']);
		await child.ended;
		assert.deepEqual(child.lines, ['stored']);
	});

	it('keeps the host alive until close has ended', async () => {
		const child = startChild('idle.ts', [directory, 'close']);
		await child.ended;
		assert.deepEqual(child.lines, ['stored', 'closed']);
	});
});

/** The client listens first, so that it knows as soon as we do. */
function untilOpened(worker: Worker): Promise<void> {
	return new Promise((resolve) => {
		worker.on('message', (message: { kind: string }) => {
			if (message.kind === 'opened') setImmediate(resolve);
		});
	});
}
