import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { listDefinitions } from '../../../core/definitions/list-definitions';
import { argumentsOf, runVerb, VERBS, type VerbArguments } from '../../../core/operate/verbs';
import { eventually } from '../../support/eventually';
import { anExportInput, aPush, HOLDER, OPEN } from '../../support/pipeline-fixtures';
import { OperateWorld } from './world';

type Shown = Record<string, unknown>;

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`the verbs over a ${kind} store`, () => {
		let world: OperateWorld;
		beforeEach(async () => (world = await OperateWorld.open(kind)));
		afterEach(() => world.close());

		const run = async (verb: string, o: VerbArguments = {}): Promise<Shown> =>
			(await runVerb(world.pipeline, verb, o)) as Shown;
		const refused = (verb: string, o: VerbArguments, code: string, message?: RegExp) =>
			assert.rejects(runVerb(world.pipeline, verb, o), (error: Error & { code: string }) => {
				assert.equal(error.code, code, error.message);
				if (message) assert.match(error.message, message);
				return true;
			});

		it('pause keeps what waits and what comes, resume delivers it', async () => {
			const { exportId, sink } = await world.attach('a');
			await world.add(exportId, 1);
			assert.deepEqual(await run('pause', { exportId }), {
				exportId,
				state: 'PAUSED',
				was: 'ACTIVE',
				rows: 1,
			});
			await world.add(exportId, 2);
			assert.deepEqual(await run('flush', { exportId }), { exportId, flushed: false, rows: 2 });
			assert.equal((await run('resume', { exportId }))['rows'], 2);
			assert.deepEqual(await run('flush', { exportId }), { exportId, flushed: true, rows: 2 });
			await eventually('both rows', () => sink.batches[0]?.records.length === 2);
			assert.equal((await run('pause', { exportId }))['was'], 'ACTIVE');
			assert.equal((await run('pause', { exportId }))['was'], 'PAUSED');
		});

		it('disable asks first, then drops what waits and what comes, and leaves dead letters', async () => {
			const buffer = await world.attach('a');
			const { exportId } = buffer;
			await world.fail(buffer, 'dead', 'dead');
			await world.fail(buffer, 'retry', 'again');
			await world.add(exportId, 1, 2);
			for (const confirm of [undefined, 2]) {
				const { done, rows } = await run('disable', { exportId, confirm });
				assert.deepEqual([done, rows], [false, 3]);
				const { state, rows: waiting } = await world.counters(exportId);
				assert.deepEqual([state, waiting], ['ACTIVE', 2]);
			}
			const { state, dropped } = await run('disable', { exportId, confirm: 3 });
			assert.deepEqual([state, dropped], ['USER_DISABLED', 3]);
			await world.add(exportId, 3);
			const { rows, openRows, deadRows, purgedTotal, droppedTotal } =
				await world.counters(exportId);
			assert.deepEqual([rows, openRows, deadRows, purgedTotal, droppedTotal], [0, 0, 1, 3, 1]);
			await refused('pause', { exportId }, 'ERR_CONFIG_INVALID', /USER_DISABLED; enable it first/);
			await refused('resume', { exportId }, 'ERR_CONFIG_INVALID', /enable it instead/);
			assert.equal((await run('enable', { exportId }))['state'], 'ACTIVE');
			await world.add(exportId, 4);
			assert.equal((await world.counters(exportId)).rows, 1);
		});

		it('an empty buffer is not disabled without a word either, and a paused one is not enabled', async () => {
			const { exportId } = await world.attach('a');
			assert.deepEqual((await run('disable', { exportId }))['rows'], 0);
			assert.equal((await run('disable', { exportId, confirm: 'all' }))['state'], 'USER_DISABLED');
			const other = await world.attach('b');
			await run('pause', { exportId: other.exportId });
			await refused('enable', { exportId: other.exportId }, 'ERR_CONFIG_INVALID', /resume it/);
		});

		it('retry delivers again what waits for its next attempt', async () => {
			const buffer = await world.attach('a');
			const { exportId, sink } = buffer;
			await world.fail(buffer, 'retry', 1);
			assert.deepEqual(await run('retry', { exportId }), { exportId, batches: 1 });
			await eventually('the second attempt', () => sink.batches.length === 2);
		});

		it('peek shows the oldest waiting rows and leaves them', async () => {
			const { exportId } = await world.attach('a');
			await world.add(exportId, { n: 1 }, { n: 2 }, { n: 3 });
			const { rows } = (await run('peek', { exportId, limit: 2 })) as { rows: Shown[] };
			assert.deepEqual(
				rows.map(({ record }) => record),
				[{ n: 1 }, { n: 2 }],
			);
			assert.deepEqual(Object.keys(rows[0] ?? {}), [
				'eventId',
				'receivedAt',
				'sizeBytes',
				'record',
			]);
			assert.equal((await world.counters(exportId)).rows, 3);
		});

		it('peek gives no more than a megabyte of payload, but for one row', async () => {
			const { exportId } = await world.attach('a');
			const big = 'x'.repeat(700_000);
			await world.add(exportId, big, big);
			const { rows } = (await run('peek', { exportId })) as { rows: Shown[] };
			assert.equal(rows.length, 1);
		});

		it('dead letters are listed, looked at, replayed and purged', async () => {
			const buffer = await world.attach('a');
			const { exportId, sink } = buffer;
			await world.fail(buffer, 'dead', 1, 2, 3);
			await world.fail(buffer, 'dead', 4);
			const list = (o: VerbArguments) => run('deadLetters', o) as unknown as Promise<Shown[]>;
			const [first, second] = await list({ exportId });
			assert.deepEqual([first?.['count'], first?.['rows'], second?.['count']], [3, undefined, 1]);
			assert.equal((await list({ limit: 1, offset: 1 }))[0]?.['batchId'], second?.['batchId']);
			const batchId = String(first?.['batchId']);
			const look = (await run('look', { batchId, limit: 2 })) as unknown as { rows: Shown[] };
			assert.deepEqual(
				look.rows.map(({ rowId, record }) => [rowId, record]),
				[
					[1, 1],
					[2, 2],
				],
			);
			assert.deepEqual(await run('replay', { batchId }), { batches: 1, rows: 3 });
			await eventually('it comes again', () => sink.batches.length === 3);
			const dead = String(second?.['batchId']);
			assert.deepEqual(await run('purgeDeadLetter', { batchId: dead }), { batchId: dead, rows: 1 });
			for (const verb of ['replay', 'look', 'purgeDeadLetter'])
				for (const gone of [dead, 'no number', '99999999999999999999'])
					await refused(verb, { batchId: gone }, 'ERR_DEAD_LETTER_UNKNOWN');
			const [, third] = [await world.fail(buffer, 'dead', 5), await list({})];
			assert.equal(third.length, 1);
			assert.deepEqual(await run('replay', { exportId, since: Date.now() + 60_000 }), {
				batches: 0,
				rows: 0,
			});
			assert.deepEqual(await run('replay', { exportId }), { batches: 1, rows: 1 });
		});

		it('purge asks first, and removes what it is told', async () => {
			const buffer = await world.attach('a');
			const { exportId } = buffer;
			await world.fail(buffer, 'dead', 1);
			await world.fail(buffer, 'retry', 2, 3);
			await world.add(exportId, 4);
			const asked = [];
			for (const what of ['waiting', 'dead', 'all'])
				asked.push((await run('purge', { exportId, what }))['rows']);
			assert.deepEqual(asked, [3, 1, 4]);
			assert.equal((await world.counters(exportId)).purgedTotal, 0);
			const purged = await run('purge', { exportId, what: 'waiting', confirm: 3 });
			assert.deepEqual(purged, { exportId, what: 'waiting', rows: 3 });
			const { rows, openRows, deadRows } = await world.counters(exportId);
			assert.deepEqual([rows, openRows, deadRows], [0, 0, 1]);
			await refused(
				'purge',
				{ exportId, what: 'some', confirm: 'all' },
				'ERR_CONFIG_INVALID',
				/what/,
			);
		});

		it('orphans are listed with what is left of them, and removed after a question', async () => {
			const { exportId, detach } = await world.attach('a');
			const other = await world.attach('b');
			await world.add(exportId, 1, 2);
			await refused('removeOrphan', { exportId, confirm: 'all' }, 'ERR_CONFIG_INVALID', /"node a"/);
			await detach();
			const [orphan, ...rest] = (await run('orphans')) as unknown as Shown[];
			assert.deepEqual([orphan?.['exportId'], orphan?.['label'], rest.length], [exportId, 'a', 0]);
			assert.equal(orphan?.['lastHolder'], 'node a');
			assert.equal(typeof orphan['lastAttachedAt'], 'number');
			assert.equal((await run('removeOrphan', { exportId, confirm: 1 }))['done'], false);
			assert.deepEqual(await run('removeOrphan', { exportId, confirm: 2 }), {
				exportId,
				removed: true,
				rows: 2,
			});
			assert.deepEqual(await run('orphans'), []);
			// Nor does its definition bring it back.
			const { good } = await listDefinitions(world.store.documents, 'export');
			assert.equal(
				good.some(({ definition }) => definition.id === exportId),
				false,
			);
			assert.equal((await world.counters(other.exportId)).rows, 0);
		});

		it('the last orphan of a receiver takes along what was kept of that, and no other does', async () => {
			const { store, pipeline } = world;
			const config = { id: 'r1', auth: OPEN, latest: { devicePath: 'device' } };
			const exports = ['main', 'other'].map((id) => ({ config: anExportInput({ id }) }));
			const attach = (some: typeof exports) => pipeline.attachReceiver(config, some, HOLDER);
			const attached = attach(exports);
			await attached.ready;
			const body = Buffer.from('{"device":"d1","event":{"eventType":"touch"}}');
			assert.equal((await pipeline.accept('r1', aPush({ body }))).status, 200);
			const kept = async () => [
				(await listDefinitions(store.documents, 'receiver')).good.length,
				(await store.latest('r1')).events.length,
			];
			const remove = (id: string) => run('removeOrphan', { exportId: `r1/${id}`, confirm: 'all' });
			await attached.detach({ gone: true });
			await remove('other');
			assert.deepEqual(await kept(), [1, 1]);
			const again = attach([]);
			await again.ready;
			await remove('main');
			assert.deepEqual(await kept(), [1, 1], 'somebody holds it');
			await again.detach({ gone: true });
			const last = attach(exports.slice(0, 1));
			await last.ready;
			await last.detach({ gone: true });
			await remove('main');
			assert.deepEqual(await kept(), [0, 0]);
		});

		it('backup copies the whole store, where it is embedded', async () => {
			const { exportId } = await world.attach('a');
			await world.add(exportId, 1, 2);
			for (const directory of [undefined, ''])
				await refused('backup', { directory }, 'ERR_CONFIG_INVALID', /^directory: expected/);
			const directory = path.join(
				world.directory,
				'..',
				`${path.basename(world.directory)}-backup`,
			);
			if (kind === 'memory')
				return refused('backup', { directory }, 'ERR_CONFIG_INVALID', /forgets everything/);
			try {
				const made = await run('backup', { directory });
				assert.deepEqual(
					[made['rows'], path.basename(String(made['directory']))],
					[2, path.basename(directory)],
				);
				assert.ok(existsSync(path.join(directory, 'store.db')));
			} finally {
				await rm(directory, { recursive: true, force: true });
			}
		});

		it('each refuses a buffer that the store does not know', async () => {
			for (const verb of VERBS.filter((one) => argumentsOf(one).includes('exportId')))
				await refused(
					verb,
					{
						exportId: 'items:x/none',
						...(verb === 'purge' ? { what: 'all' } : {}),
						...(verb === 'adopt' ? { to: 'items:x/other' } : {}),
					},
					'ERR_EXPORT_UNKNOWN',
					/items:x\/none/,
				);
		});

		it('refuses arguments that are missing, unknown or out of bounds, and names them', async () => {
			const { exportId } = await world.attach('a');
			const cases: [verb: string, o: object, message: RegExp][] = [
				['explode', {}, /^verb: expected one of snapshot, pause, /],
				['pause', {}, /^exportId: expected the id of a buffer/],
				['pause', { exportId: '' }, /^exportId/],
				['pause', { exportId: 7 }, /^exportId/],
				[
					'pause',
					{ exportId, confirm: 1 },
					/^confirm: expected no such argument: pause takes exportId/,
				],
				['orphans', { exportId }, /takes nothing/],
				['look', {}, /^batchId/],
				['peek', { exportId, limit: 0 }, /^limit: expected a whole number from 1 to 1,000, got 0/],
				['peek', { exportId, limit: 1.5 }, /^limit/],
				['peek', { exportId, limit: 1_001 }, /^limit/],
				['deadLetters', { limit: '5' }, /^limit/],
				['deadLetters', { offset: -1 }, /^offset/],
				['deadLetters', { rows: 1_001 }, /^rows/],
				['replay', { exportId, since: 'yesterday' }, /^since/],
				['replay', {}, /^exportId/],
				['disable', { exportId, confirm: -1 }, /^confirm/],
				['disable', { exportId, confirm: 'yes' }, /^confirm/],
				['purge', { exportId }, /^what: expected one of waiting, dead, all/],
			];
			for (const [verb, o, message] of cases) await refused(verb, o, 'ERR_CONFIG_INVALID', message);
			assert.equal((await world.counters(exportId)).state, 'ACTIVE');
		});

		it('work without a pipeline: what they make due waits for whoever comes', async () => {
			const buffer = await world.attach('a');
			const { exportId } = buffer;
			await world.add(exportId, 1, 2);
			await buffer.detach();
			const { store } = world;
			assert.deepEqual(await runVerb({ store }, 'flush', { exportId }), {
				exportId,
				flushed: true,
				rows: 2,
			});
			const { openRows, retryingRows } = await world.counters(exportId);
			assert.deepEqual([openRows, retryingRows], [2, 2]);
			const { sink } = await world.attach('a');
			await eventually('the flushed batch', () => sink.batches[0]?.records.length === 2);
			assert.equal(sink.batches[0]?.batch.attempt, 1);
		});
	});
}
