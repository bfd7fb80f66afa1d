import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { move } from '../../../core/operate/move/move';
import { adopt } from '../../../core/operate/verbs/adopt';
import { purge } from '../../../core/operate/verbs/purge';
import { replayKept } from '../../../core/operate/verbs/replay-kept';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { metricSamples } from '../../../core/operate/metric-samples';
import { keptExportId, removeEmptyKept } from '../../../core/pipeline/kept-export';
import { readKept } from '../../../core/pipeline/replays/kept-range';
import { stepReplay } from '../../../core/pipeline/replays/replay-step';
import { readBook } from '../../../core/pipeline/replays/replay-book';
import { OperateWorld } from './world';

const KEEP = { ageMs: 86_400_000, bytes: 10_000_000 };

async function keptIn(store: Store, receiverId: string): Promise<string[] | undefined> {
	const exportId = keptExportId(receiverId);
	if (!(await store.getExport(exportId))) return undefined;
	const { rows } = await store.readWaiting(exportId);
	return rows.map((row) => Buffer.from(readKept(row)?.body ?? []).toString());
}

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`what becomes of kept events, in a ${kind} store`, () => {
		let world: OperateWorld;
		beforeEach(async () => (world = await OperateWorld.open(kind)));
		afterEach(() => world.close());

		it('goes with the last buffer of a receiver that is adopted, and stays with others', async () => {
			const old = await world.attach('old', { keep: KEEP });
			await world.add(old.exportId, 'a', 'b');
			await old.detach();
			const next = await world.attach('new');
			const { kept } = await adopt(world.pipeline, old.exportId, next.exportId);
			assert.equal(kept, 2);
			assert.deepEqual(await keptIn(world.store, 'items:new'), ['a', 'b']);
			assert.equal(await keptIn(world.store, 'items:old'), undefined);
			assert.deepEqual((await world.store.getExport(keptExportId('items:new')))?.kept, KEEP);

			const other = await world.attach('two', { keep: KEEP });
			const more = await world.attach('two', { keep: KEEP, id: 'more', receiverId: 'items:two' });
			await world.add(other.exportId, 'c');
			await more.detach();
			const adopted = await adopt(world.pipeline, 'items:two/more', next.exportId);
			assert.equal('kept' in adopted, false);
			assert.deepEqual(await keptIn(world.store, 'items:two'), ['c']);
		});

		it('is removed once it is empty and nobody is left who could replay it', async () => {
			const old = await world.attach('old', { keep: KEEP });
			await world.add(old.exportId, 'a');
			await removeEmptyKept(world.store);
			await old.detach();
			await world.store.removeExport(old.exportId, 'drop');
			await removeEmptyKept(world.store);
			assert.deepEqual(await keptIn(world.store, 'items:old'), ['a'], 'it is not empty yet');
			await world.store.purge({ exportId: keptExportId('items:old'), what: 'all' });
			await removeEmptyKept(world.store);
			assert.equal(await keptIn(world.store, 'items:old'), undefined);
		});

		it('is moved with the store, and a replay on its way stops there', async () => {
			const old = await world.attach('old', { keep: KEEP, state: 'PAUSED' });
			await world.add(old.exportId, 'a', 'b');
			await old.detach();
			await replayKept({ store: world.store }, old.exportId, { confirm: 2 });
			const to = await openStore({ kind: 'memory' });
			await move({ store: world.store }, async () => ({ store: to }), { confirm: 'all' });
			assert.deepEqual(await keptIn(to, 'items:old'), ['a', 'b']);
			assert.deepEqual(await world.store.listExports(), []);
			const ports = { store: to, now: Date.now, appended() {} };
			assert.equal((await stepReplay(ports, old.exportId)).is, 'stopped');
			await assert.rejects(replayKept({ store: to }, old.exportId, { from: 1 }), {
				message: /has stopped/,
			});
			await purge({ store: to }, old.exportId, { what: 'waiting', confirm: 'all' });
			const { running, past } = await readBook(to.documents, old.exportId);
			assert.deepEqual([running, past.map(({ isCancelled }) => isCancelled)], [undefined, [true]]);
			await to.close();
		});

		it('is measured once for each receiver', async () => {
			const one = await world.attach('one', { keep: KEEP });
			await world.attach('one', { id: 'second', keep: KEEP });
			await world.add(one.exportId, 'a');
			const samples = metricSamples(await takeSnapshot(world.pipeline));
			const kept = samples.filter(({ name }) => name.startsWith('sluice_receiver_kept'));
			assert.deepEqual(
				kept.map(({ name, labels }) => [name, labels['receiver']]),
				['events', 'bytes', 'oldest_timestamp_seconds'].map((what) => [
					`sluice_receiver_kept_${what}`,
					'items:one',
				]),
			);
			assert.equal(kept[0]?.value, 1);
			assert.ok(!samples.some(({ labels }) => labels['export']?.startsWith('kept:')));
		});
	});
}
