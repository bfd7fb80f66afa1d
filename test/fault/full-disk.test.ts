import assert from 'node:assert/strict';
import { existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import { anExport, appendTexts, claimBatch, readTexts } from '../conformance/store-fixtures';
import { verifyStore } from './verify-store';
import { mountSmallDisk, unmountSmallDisk } from '../support/small-disk';

const MB = 1024 ** 2;
const DISK_MB = 16;
const conditions = { count: 100_000, sizeBytes: 50 * MB, timeMs: 86_400_000 };
const REFUSED = ['ERR_BUFFER_FULL', 'ERR_STORE_UNAVAILABLE'];

describe('a full disk under a sqlite store (S75)', function () {
	this.timeout(60_000);
	let disk = '';
	let directory = '';
	let store: Store | undefined;

	beforeEach(async function () {
		disk = await mountSmallDisk(this, DISK_MB);
		directory = join(disk, 'store');
	});
	afterEach(async () => {
		await store?.close();
		store = undefined;
		await unmountSmallDisk(disk);
	});

	const open = async (minFreeBytes: number) => {
		store = await openStore({ kind: 'sqlite', directory, limits: { minFreeBytes } });
		return store;
	};
	const fill = (leaveBytes: number) => {
		const { bavail, bsize } = statfsSync(disk);
		writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
	};
	const text = (index: number) => `row ${index} `.padEnd(2_000, '.');

	/** Appends until one is refused; the texts that were acknowledged. */
	const appendUntilRefused = async (opened: Store): Promise<{ texts: string[]; code: string }> => {
		const texts: string[] = [];
		for (;;) {
			try {
				await appendTexts(opened, systemClock, [text(texts.length)]);
				texts.push(text(texts.length));
			} catch (error) {
				return { texts, code: String((error as { code?: string }).code) };
			}
		}
	};

	it('is not reached: the guard refuses first, and claims and acks go on (S42, I14)', async () => {
		const opened = await open(4 * MB);
		await opened.putExport(anExport({ conditions }));
		const { texts, code } = await appendUntilRefused(opened);
		assert.equal(code, 'ERR_BUFFER_FULL');
		assert.match((await opened.stats()).warnings.at(-1) ?? '', /must stay free/);
		const batch = await claimBatch(opened, { flush: true });
		assert.deepEqual(await readTexts(batch), texts);
		await opened.settle(batch.lease, { kind: 'ack' });
		assert.equal((await opened.counters())[0]?.ackedTotal, texts.length);
	});

	it('loses nothing that was acknowledged, and nothing else appears (I16)', async () => {
		const opened = await open(0);
		await opened.putExport(anExport({ conditions }));
		fill(3 * MB);
		const { texts, code } = await appendUntilRefused(opened);
		assert.ok(REFUSED.includes(code), code);
		assert.ok(texts.length > 20);
		await assert.rejects(appendTexts(opened, systemClock, ['refused']), ({ code }) =>
			REFUSED.includes(code),
		);
		rmSync(join(disk, 'filler'));
		await untilAppended(opened, 'after');
		const batch = await claimBatch(opened, { flush: true });
		assert.deepEqual(await readTexts(batch), [...texts, 'after']);
		await opened.settle(batch.lease, { kind: 'ack' });
		await opened.close();
		verifyStore(directory);
	});

	it('still lets the backlog out, with the room of the ballast, and then takes rows again (S46)', async () => {
		const limits = { minFreeBytes: 0, ballastBytes: 2 * MB };
		store = await openStore({ kind: 'sqlite', directory, limits });
		const opened = store;
		await opened.putExport(anExport({ conditions }));
		const before: string[] = [];
		for (; !isBallastWhole(); before.push('x'.repeat(4_000))) {
			await appendTexts(opened, systemClock, ['x'.repeat(4_000)]);
		}
		const { texts, code } = await appendUntilRefused(opened);
		assert.ok(REFUSED.includes(code), code);
		assert.equal(existsSync(join(directory, 'ballast.bin')), false);
		const batch = await claimBatch(opened, { flush: true });
		assert.deepEqual(await readTexts(batch), [...before, ...texts]);
		await opened.settle(batch.lease, { kind: 'ack' });
		await untilAppended(opened, 'after');
		assert.equal((await opened.counters())[0]?.rows, 1);
		await opened.close();
		verifyStore(directory);
	});

	it('can be opened when it is full, and drained (I14, S46)', async () => {
		const limits = { minFreeBytes: 0, ballastBytes: 2 * MB };
		const openFull = () => openStore({ kind: 'sqlite', directory, limits });
		store = await openFull();
		await store.putExport(anExport({ conditions }));
		const texts: string[] = [];
		for (; !isBallastWhole(); texts.push('x'.repeat(4_000))) {
			await appendTexts(store, systemClock, ['x'.repeat(4_000)]);
		}
		await store.close();
		fill(0);
		// What is left between the blocks of the filler.
		for (let index = 0; statfsSync(disk).bavail > 0; index++) {
			writeFileSync(join(disk, `filler-${index}`), Buffer.alloc(4_096));
		}
		store = await openFull();
		const batch = await claimBatch(store, { flush: true });
		assert.deepEqual(await readTexts(batch), texts);
		await store.settle(batch.lease, { kind: 'ack' });
		assert.equal((await store.counters())[0]?.ackedTotal, texts.length);
	});

	const isBallastWhole = () =>
		statSync(join(directory, 'ballast.bin'), { throwIfNoEntry: false })?.size === 2 * MB;

	/** The store backs off after repeated failures (S25). */
	const untilAppended = async (opened: Store, text: string) => {
		for (let attempt = 0; ; attempt++) {
			try {
				return await appendTexts(opened, systemClock, [text]);
			} catch (error) {
				if (attempt > 200) throw error;
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
		}
	};
});
