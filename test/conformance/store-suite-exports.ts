import assert from 'node:assert/strict';
import {
	anExport,
	appendTexts,
	claimBatch,
	dueAt,
	EXPORT_ID,
	LEASE,
	readRows,
	readTexts,
	type Fixture,
} from './store-fixtures';

export function exportTests(current: () => Fixture): void {
	describe('exports', () => {
		it('gives an export back as it was put', async () => {
			const { store } = current();
			const config = anExport({ columns: [{ type: 'id', name: 'id' }], filter: { types: ['a'] } });
			const { mappingRevision } = await store.putExport(config);
			assert.equal(mappingRevision, 1);
			const known = { ...config, mappingRevision: 1, isDraining: false };
			assert.deepEqual(await store.getExport(EXPORT_ID), known);
			assert.deepEqual(await store.listExports(), [known]);
		});

		it('keeps of an export what JSON can say of it', async () => {
			const { store } = current();
			const config = { ...anExport(), sink: () => {}, filter: undefined };
			await store.putExport(config as unknown as ReturnType<typeof anExport>);
			const known = { ...anExport(), mappingRevision: 1, isDraining: false };
			assert.deepEqual(await store.getExport(EXPORT_ID), known);
		});

		it('does not know an export that was never put', async () => {
			const { store, clock } = current();
			assert.equal(await store.getExport('receiver/other'), undefined);
			const unknown = { code: 'ERR_EXPORT_UNKNOWN' };
			await assert.rejects(store.setState(EXPORT_ID, 'PAUSED'), unknown);
			await assert.rejects(store.claim(EXPORT_ID, { owner: 'a', leaseMs: 1_000 }), unknown);
			await assert.rejects(store.peek(EXPORT_ID), unknown);
			await assert.rejects(store.removeExport(EXPORT_ID, 'drop'), unknown);
			await assert.rejects(appendTexts(store, clock, ['a']), unknown);
		});

		const changes = [
			{ name: 'a label', change: { label: 'Other' }, revision: 1 },
			{
				name: 'conditions',
				change: { conditions: { count: 9, sizeBytes: 900, timeMs: 9_000 } },
				revision: 1,
			},
			{ name: 'the output', change: { output: 'cells' }, revision: 2 },
			{ name: 'a filter', change: { filter: { types: ['x'] } }, revision: 2 },
			{ name: 'columns', change: { columns: [{ type: 'body', name: 'b' }] }, revision: 2 },
		] as const;
		for (const { name, change, revision } of changes) {
			it(`${revision === 1 ? 'keeps' : 'raises'} the mapping revision when ${name} changes`, async () => {
				const { store } = current();
				await store.putExport(anExport());
				const { mappingRevision } = await store.putExport(anExport(change));
				assert.equal(mappingRevision, revision);
			});
		}

		it('closes the open batch when the mapping changes: its rows wait for no condition, and none of another mapping is with them (K48)', async () => {
			const { store, clock } = current();
			const conditions = { count: 9, sizeBytes: 1_000, timeMs: 60_000 };
			await store.putExport(anExport({ conditions }));
			await appendTexts(store, clock, ['a', 'b']);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			const changed = anExport({ conditions, output: 'cells' });
			const { mappingRevision } = await store.putExport(changed);
			await appendTexts(store, clock, ['c'], { mappingRevision });
			assert.equal(await dueAt(store), clock.now());
			const closed = await claimBatch(store);
			assert.deepEqual(await readTexts(closed), ['a', 'b']);
			assert.equal(closed.reason, 'mapping changed, rows of revision: 1, now: 2');
			assert.deepEqual([closed.mappingRevision, closed.output], [1, 'record']);
			await store.settle(closed.lease, { kind: 'ack' });
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			assert.equal(await dueAt(store), clock.now() + 60_000);
		});

		it('keeps the ids of rows going over a change of the mapping (K80)', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c', 'd']);
			const ids: number[] = [];
			const deliver = async (o = {}) => {
				const batch = await claimBatch(store, o);
				ids.push(...(await readRows(batch)).map(({ rowId }) => rowId));
				await store.settle(batch.lease, { kind: 'ack' });
			};
			await deliver();
			const { mappingRevision } = await store.putExport(anExport({ output: 'cells' }));
			await appendTexts(store, clock, ['e', 'f'], { mappingRevision });
			await deliver();
			await deliver({ flush: true });
			assert.deepEqual(ids, [1, 2, 3, 4, 5, 6]);
		});

		it('refuses rows of a mapping revision that never was', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await assert.rejects(appendTexts(store, clock, ['a'], { mappingRevision: 7 }), {
				code: 'ERR_EXPORT_UNKNOWN',
			});
		});

		it('keeps the state over a redeploy', async () => {
			const { store } = current();
			await store.putExport(anExport());
			await store.setState(EXPORT_ID, 'PAUSED');
			await store.putExport(anExport({ label: 'again' }));
			assert.equal((await store.getExport(EXPORT_ID))?.state, 'PAUSED');
		});

		it('keeps the rows of a paused export and gives none', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await store.setState(EXPORT_ID, 'PAUSED');
			await appendTexts(store, clock, ['a', 'b', 'c']);
			assert.equal(await store.claim(EXPORT_ID, { owner: 'a', leaseMs: 1_000 }), undefined);
			assert.equal(await dueAt(store), undefined);
			await store.setState(EXPORT_ID, 'ACTIVE');
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
		});

		it('drains a removed export: refuses new rows, gives the old ones at once, then forgets it', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a']);
			await store.removeExport(EXPORT_ID, 'drain');
			assert.equal((await store.getExport(EXPORT_ID))?.isDraining, true);
			await assert.rejects(appendTexts(store, clock, ['b']), { code: 'ERR_EXPORT_UNKNOWN' });
			const batch = await claimBatch(store);
			assert.deepEqual(await readTexts(batch), ['a']);
			await store.settle(batch.lease, { kind: 'ack' });
			assert.equal(await store.getExport(EXPORT_ID), undefined);
			assert.deepEqual(await store.counters(), []);
		});

		it('puts a draining export back to work when it is put again', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a']);
			await store.removeExport(EXPORT_ID, 'drain');
			await store.putExport(anExport());
			await appendTexts(store, clock, ['b']);
			assert.equal((await store.counters())[0]?.rows, 2);
		});

		it('drops a removed export with everything it has', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c', 'd']);
			const { lease } = await claimBatch(store);
			await store.removeExport(EXPORT_ID, 'drop');
			assert.deepEqual(await store.listExports(), []);
			await assert.rejects(store.settle(lease, { kind: 'ack' }), { code: 'ERR_LEASE_LOST' });
		});

		it('never uses ids, keys or revisions of a dropped export again (I20)', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const before = await claimBatch(store);
			await store.removeExport(EXPORT_ID, 'drop');
			const { mappingRevision } = await store.putExport(anExport({ output: 'cells' }));
			assert.equal(mappingRevision, 2);
			await appendTexts(store, clock, ['d', 'e', 'f'], { mappingRevision });
			const after = await claimBatch(store);
			assert.notEqual(after.idempotencyKey, before.idempotencyKey);
			const ids: number[] = [];
			for await (const slice of after.rows()) ids.push(...slice.map((row) => row.rowId));
			assert.deepEqual(ids, [4, 5, 6]);
		});
	});
}
