import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { WriteBehind, WRITE_BEHIND_MS } from '../../../core/buffer/write-behind';
import { BufferError } from '../../../core/errors';
import { FakeClock } from '../../support/fake-clock';

const PLACE = ['metrics', 'a'] as const;

describe('what is written behind', () => {
	let store: Store;
	let clock: FakeClock;
	let state = 0;
	let puts = 0;
	let failures = 0;
	let errors: unknown[] = [];

	beforeEach(async () => {
		clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		[state, puts, failures, errors] = [0, 0, 0, []];
	});
	afterEach(() => store.close());

	const make = (merge = (mine: unknown, _theirs: unknown): unknown => mine) =>
		new WriteBehind({
			documents: {
				...handle(store),
				async put(...args) {
					puts++;
					if (failures > 0 && failures-- > 0) {
						throw new BufferError('ERR_STORE_UNAVAILABLE', 'not now');
					}
					return store.documents.put(...args);
				},
			},
			clock,
			collection: PLACE[0],
			id: PLACE[1],
			read: () => state,
			merge,
			onError: (error) => errors.push(error),
		});
	const change = (writer: WriteBehind, to: number) => {
		state = to;
		writer.touch();
	};
	const kept = async () => (await store.documents.get(...PLACE))?.value;

	it('is written once for many changes, 10 s after the first, as it is then', async () => {
		const writer = make();
		change(writer, 1);
		await clock.advance(6_000);
		change(writer, 2);
		await clock.advance(3_999);
		assert.equal(await kept(), undefined);
		await clock.advance(1);
		assert.deepEqual([await kept(), puts], [2, 1]);
		await clock.advance(60_000);
		assert.equal(puts, 1, 'nothing changed, nothing is written');
		change(writer, 3);
		await clock.advance(WRITE_BEHIND_MS);
		assert.deepEqual([await kept(), puts, errors], [3, 2, []]);
	});

	it('is tried again when the store fails, which is told once', async () => {
		const writer = make();
		failures = 2;
		change(writer, 1);
		await clock.advance(2 * WRITE_BEHIND_MS);
		assert.deepEqual([puts, errors.length, await kept()], [2, 1, undefined]);
		state = 2;
		await clock.advance(WRITE_BEHIND_MS);
		assert.deepEqual([puts, errors.length, await kept()], [3, 1, 2]);
		failures = 1;
		change(writer, 3);
		await clock.advance(WRITE_BEHIND_MS);
		assert.equal(errors.length, 2, 'a new series is told');
	});

	it('is written at close, also what changed during a write, and nothing afterwards', async () => {
		const writer = make();
		change(writer, 1);
		const flushing = writer.flush();
		change(writer, 2);
		await Promise.all([flushing, writer.close()]);
		assert.deepEqual([await kept(), puts], [2, 2]);
		change(writer, 3);
		await writer.close();
		await clock.advance(WRITE_BEHIND_MS);
		assert.deepEqual([await kept(), puts], [2, 2]);
	});

	it('goes on from what was kept', async () => {
		await store.documents.put(...PLACE, 5);
		const merged: unknown[] = [];
		const writer = make((mine, theirs) => (merged.push(theirs), mine));
		assert.equal(await writer.load(), 5);
		change(writer, 6);
		await writer.close();
		assert.deepEqual([await kept(), merged], [6, []]);
	});

	it('asks what both make where another process wrote it, or removed it', async () => {
		const writer = make((mine, theirs) => Number(mine) + Number(theirs ?? 0));
		await store.documents.put(...PLACE, 40);
		change(writer, 2);
		await writer.flush();
		assert.equal(await kept(), 42);
		await store.documents.remove(...PLACE);
		change(writer, 3);
		await writer.flush();
		assert.deepEqual([await kept(), errors], [3, []]);
		change(writer, 4);
		await writer.flush();
		assert.equal(await kept(), 4, 'its own is no conflict');
	});

	it('gives a write up for this time where others are always faster', async () => {
		let rival = 0;
		const writer = make((mine) => {
			// Between the look and the next put; the memory store does it at once.
			void store.documents.put(...PLACE, `rival ${rival++}`);
			return mine;
		});
		await store.documents.put(...PLACE, 'rival');
		change(writer, 1);
		await clock.advance(WRITE_BEHIND_MS);
		assert.equal((errors[0] as BufferError).code, 'ERR_DOCUMENT_CONFLICT');
		assert.equal(puts, 6);
		await writer.close();
	});
});

/** Methods of a class instance are not spread. */
function handle({ documents }: Store): Store['documents'] {
	return {
		collections: () => documents.collections(),
		get: (...args) => documents.get(...args),
		list: (...args) => documents.list(...args),
		put: (...args) => documents.put(...args),
		remove: (...args) => documents.remove(...args),
	};
}
