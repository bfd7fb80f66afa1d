import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { createEvent } from '../../../core/event/create-event';
import { replayKept } from '../../../core/operate/verbs/replay-kept';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { appendDetached } from '../../../core/pipeline/append-detached';
import { keptExportId } from '../../../core/pipeline/kept-export';
import { readBook } from '../../../core/pipeline/replays/replay-book';
import { stepReplay } from '../../../core/pipeline/replays/replay-step';
import { anExportInput, HOLDER } from '../../support/pipeline-fixtures';

const MAIN = 'items:r/main';

describe('a step of a replay of kept events', () => {
	let store: Store;
	beforeEach(async () => {
		store = await openStore({ kind: 'memory' });
		const pipeline = await openPipeline({ store });
		const config = anExportInput({ receiverId: 'items:r', keep: {} });
		await pipeline.attachExport({ config }, HOLDER).ready;
		await pipeline.add(
			MAIN,
			[1, 2, 3].map((body) => createEvent({ body })),
		);
		await pipeline.close();
		await store.purge({ exportId: MAIN, what: 'all' });
	});
	afterEach(() => store.close());

	const waiting = async () =>
		(await store.peek(MAIN)).map(({ payload }) => Buffer.from(payload).toString().slice(-1));
	const portsOf = (on: Store) => ({ store: on, now: Date.now, appended() {} });
	/** Until it is over. */
	const runOn = async (on: Store) => {
		for (let steps = 0; steps < 20; steps++) {
			const stepped = await stepReplay(portsOf(on), MAIN);
			if (stepped.is !== 'on') return stepped;
		}
		return assert.fail('it goes on for ever');
	};

	it('that is made again after its rows were appended and its place was not doubles nothing', async () => {
		await replayKept({ store }, MAIN, { confirm: 3 });
		let puts = 0;
		const documents = Object.assign(Object.create(store.documents) as Store['documents'], {
			put: async (...args: Parameters<Store['documents']['put']>) => {
				puts += 1;
				if (puts === 2) throw new Error('the machine is gone');
				return store.documents.put(...args);
			},
		});
		const failing = Object.assign(Object.create(store) as Store, { documents });
		await assert.rejects(runOn(failing), { message: 'the machine is gone' });
		assert.deepEqual(await waiting(), ['1', '2', '3'], 'it was appended');
		assert.equal((await runOn(store)).is, 'ended');
		assert.deepEqual(await waiting(), ['1', '2', '3']);
	});

	it('takes what is left of its slice where the oldest has gone meanwhile, and no more', async () => {
		await replayKept({ store }, MAIN, { confirm: 3 });
		assert.equal((await stepReplay(portsOf(store), MAIN)).is, 'on', 'planned');
		const kept = await store.getExport(keptExportId('items:r'));
		assert.ok(kept?.kept);
		const [first] = await store.peek(keptExportId('items:r'));
		const { rowId: _, ...row } = first ?? assert.fail();
		await store.append({ receiverId: 'items:r', events: [{ rows: [row] }] });
		await store.putExport({ ...kept, kept: { ...kept.kept, bytes: row.sizeBytes * 3 } });
		await store.append({ receiverId: 'items:r', events: [{ rows: [row] }] });
		assert.equal((await runOn(store)).is, 'ended');
		assert.deepEqual(await waiting(), ['3']);
	});

	it('ends the replay of a buffer that is disabled or gone', async () => {
		await replayKept({ store }, MAIN, { confirm: 3 });
		await store.setState(MAIN, 'SYSTEM_DISABLED');
		assert.deepEqual((await runOn(store)).is, 'ended');
		const { running, past } = await readBook(store.documents, MAIN);
		assert.deepEqual([running, past.length, past[0]?.isCancelled], [undefined, 1, true]);
		assert.deepEqual(await waiting(), []);
		await store.setState(MAIN, 'ACTIVE');
		await replayKept({ store }, MAIN, { confirm: 3 });
		await store.removeExport(MAIN, 'drop');
		assert.equal((await runOn(store)).is, 'ended');
	});

	it('is of what somebody else has put into the buffer, too', async () => {
		await appendDetached({ store, claimDue() {} }, MAIN, [createEvent({ body: 4 })]);
		assert.equal((await store.readWaiting(keptExportId('items:r'))).rows.length, 4);
	});
});
