import assert from 'node:assert/strict';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import { anExport, aRow, claimBatch, readTexts } from '../conformance/store-fixtures';
import { eventually } from '../support/eventually';
import { type Child, startChild } from './child';
import { faultRounds, seededChance } from './rounds';
import { verifyStore } from './verify-store';

const conditions = { count: 1_000_000, sizeBytes: 50_000_000, timeMs: 86_400_000 };
const LANES = 8;
const ROUNDS = faultRounds({ desk: 3, ci: 6 });

describe('a backup of a sqlite store that works (S53)', function () {
	this.timeout(60_000 + ROUNDS * 10_000);
	let root = '';
	let directory = '';
	let child: Child | undefined;
	const opened: Store[] = [];

	beforeEach(async () => {
		root = realpathSync(await mkdtemp(join(tmpdir(), 'sluice-backup-')));
		directory = join(root, 'store');
	});
	afterEach(async () => {
		child?.process.kill('SIGKILL');
		for (const store of opened.splice(0)) await store.close();
		await rm(root, { recursive: true, force: true });
	});

	const open = async (path: string) => {
		const store = await openStore({ kind: 'sqlite', directory: path });
		opened.push(store);
		return store;
	};
	const openFilled = async (megabytes: number) => {
		const store = await open(directory);
		await store.putExport(anExport({ conditions, quota: { bytes: 1_000_000_000 } }));
		for (let filled = 0; filled < megabytes; filled++)
			await append(
				store,
				...Array.from({ length: 10 }, (_, n) => `${filled}-${n} `.padEnd(100_000, '.')),
			);
		return store;
	};
	const append = (store: Store, ...texts: string[]) =>
		store.append({
			receiverId: 'receiver',
			events: [{ rows: texts.map((text) => aRow(systemClock, text)) }],
		});
	/** Of the one batch that all its rows make. */
	const texts = async (store: Store) =>
		(await readTexts(await claimBatch(store, { flush: true }))).map((text) => text.trim());

	it('has all that was acknowledged before it, and then what came, up to one instant and without a gap', async () => {
		const store = await openFilled(20);
		const before = (await store.counters())[0]?.rows ?? 0;
		let acknowledged = 0;
		let isOver = false;
		const lanes = Array.from({ length: LANES }, async (_, lane) => {
			for (let n = 0; !isOver; n++) {
				await append(store, `lane ${lane} ${n}`);
				acknowledged++;
			}
		});
		await eventually('rows of all lanes', () => acknowledged > 10 * LANES);
		const atBegin = acknowledged;
		const { directory: made } = await store.backup(join(root, 'backup'));
		const atEnd = acknowledged;
		isOver = true;
		await Promise.all(lanes);
		assert.ok(atEnd > atBegin, 'appends went on');

		const copied = await texts(await open(made));
		const kept = await texts(store);
		assert.equal(kept.length, before + acknowledged, 'nothing is lost in the original');
		assert.ok(copied.length >= before + atBegin, 'what was acknowledged before is in the copy');
		assert.ok(copied.length <= before + atEnd + LANES, 'what came afterwards is not');
		assert.deepEqual(copied, kept.slice(0, copied.length));
	});

	it(`is there whole or not at all after kill -9, in ${ROUNDS} rounds`, async () => {
		await (await openFilled(30)).close();
		opened.length = 0;
		const chance = seededChance('kill a backup');
		const target = join(root, 'backup');
		const parts = () => readdirSync(root).filter((name) => name.startsWith('backup.part-'));
		let broken = 0;
		for (let round = 0; round < ROUNDS; round++) {
			child = startChild('backing-up.ts', [directory, target]);
			await child.waitFor('begun');
			await eventually(
				'the copy',
				() =>
					parts().some((part) => readdirSync(join(root, part)).length > 0) || existsSync(target),
			);
			// The one place where time is the point: the kill has to fall between any two steps, and first of all into the copying.
			await new Promise((resolve) => setTimeout(resolve, round === 0 ? 0 : chance() * 400));
			child.process.kill('SIGKILL');
			await child.ended;
			for (const part of parts())
				assert.ok(
					!existsSync(join(root, part, 'store.db')) || existsSync(join(root, part, 'store.wit')),
				);
			if (existsSync(target)) verifyStore(target);
			else broken++;
			await rm(target, { recursive: true, force: true });
			verifyStore(directory);
		}
		assert.ok(broken > 0, 'the first one at least fell into the copying');
		const store = await open(directory);
		const { rows } = await store.backup(target);
		assert.equal(rows, 300);
		assert.deepEqual(parts(), [], 'what was left is gone');
		verifyStore(target);
	});
});
