import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import type { ExportConfig } from '../../../core/config';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import { keptExportId } from '../../../core/pipeline/kept-export';
import { readBook } from '../../../core/pipeline/replays/replay-book';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import { runVerb } from '../../../core/operate/verbs';
import { BufferError } from '../../../core/errors';
import { summarize } from '../../../core/operate/summarize';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { eventually } from '../../support/eventually';
import { anExportInput, aPush, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';
import { FakeClock } from '../../support/fake-clock';

const KEPT = keptExportId('r1');
const MAIN = 'r1/main';
const KEEP = { ageMs: 7 * 86_400_000, bytes: 10_000_000 };
const HOUR_MS = 3_600_000;
const ONE = { count: 1, time: '1s', size: '5MB' } as const;
const column = (name: string, path: string): Required<ExportConfig>['columns'] => [
	{ type: 'path', name, path },
];

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`replay of kept events over a ${kind} store`, () => {
		let world: { clock: FakeClock; store: Store; pipeline: Pipeline };
		let sink: RecordingSink;
		let directory: string;
		beforeEach(async () => {
			directory = await mkdtemp(path.join(tmpdir(), 'sluice-kept-'));
			const clock = new FakeClock();
			const limits = { ballastBytes: 0, minFreeBytes: 0 };
			const place = kind === 'memory' ? { kind } : { kind, directory, limits };
			const store = await openStore({ ...place, clock });
			world = { clock, store, pipeline: await openPipeline({ store, clock }) };
			sink = new RecordingSink();
		});
		afterEach(async () => {
			await world.pipeline.close();
			await world.store.close();
			await rm(directory, { recursive: true, force: true });
		});

		const attach = (...exports: Partial<ExportInput>[]) =>
			world.pipeline.attachReceiver(
				{
					id: 'r1',
					auth: OPEN,
					typePath: 'kind',
					dedupe: [{ keyPath: 'n', windowMs: 86_400_000 }],
				},
				exports.map((one) => ({
					config: anExportInput({ conditions: ONE, ...one }),
					ports: { sink },
				})),
				HOLDER,
			).ready;
		const push = async (body: object) => {
			const answer = await world.pipeline.accept(
				'r1',
				aPush({ body: Buffer.from(JSON.stringify(body)) }),
			);
			return answer.status;
		};
		const run = (verb: string, o: object = {}) =>
			runVerb(world.pipeline, verb, { exportId: MAIN, ...o });
		const delivered = () => sink.batches.flatMap(({ records }) => records);
		const comes = (count: number) =>
			eventually(`${count} rows are delivered`, async () => {
				await world.clock.advance(1_000);
				return delivered().length >= count;
			});
		const keptRows = async () => (await world.store.readWaiting(KEPT)).rows;
		const ended = () => eventually('it has ended', async () => (await replayOf()) === undefined);
		const replayOf = async () =>
			(await takeSnapshot(world.pipeline)).exports.find(({ exportId }) => exportId === MAIN)
				?.replay;

		it('keeps each event once, whoever takes it, and none that is left out, known or refused', async () => {
			const wanted = { types: ['a'] };
			await attach(
				{ keep: KEEP, filter: wanted },
				{ id: 'other', keep: { ageMs: HOUR_MS, bytes: 5_000_000 }, filter: wanted },
			);
			for (const one of [
				{ n: 1, kind: 'a' },
				{ n: 1, kind: 'a' },
				{ n: 2, kind: 'b' },
				{ n: 3, kind: 'a' },
			])
				await push(one);
			assert.deepEqual(
				(await keptRows()).map(({ payload }) => Buffer.from(payload).toString().slice(-18)),
				['{"n":1,"kind":"a"}', '{"n":3,"kind":"a"}'],
			);
			assert.deepEqual((await world.store.getExport(KEPT))?.kept, KEEP, 'the widest bounds');
			const { exports, orphans } = await takeSnapshot(world.pipeline);
			assert.deepEqual(
				exports.map(({ exportId, kept }) => [exportId, kept?.events]),
				[
					[MAIN, 2],
					['r1/other', 2],
				],
				'what is kept is shown with the buffers, and is none',
			);
			assert.deepEqual(orphans, []);
			await assert.rejects(runVerb(world.pipeline, 'purge', { exportId: KEPT, what: 'all' }), {
				code: 'ERR_EXPORT_UNKNOWN',
			});
		});

		it('keeps for the buffers of a project apart, from all of its receivers', async () => {
			const receiverId = 'project:default';
			const config = anExportInput({ receiverId, conditions: ONE, keep: KEEP });
			await world.pipeline.attachExport({ config, ports: { sink } }, HOLDER).ready;
			await attach({ keep: KEEP });
			await push({ n: 1 });
			await comes(2);
			const exportId = `${receiverId}/main`;
			assert.equal(Object(await run('replayKept', { exportId })).rows, 1);
			await run('replayKept', { exportId, confirm: 1 });
			await comes(3);
			assert.equal(sink.batches.at(-1)?.batch.exportId, exportId);
			assert.equal((await keptRows()).length, 1);
		});

		it('keeps nothing unless it is told to', async () => {
			await attach({});
			await push({ n: 1 });
			assert.equal(await world.store.getExport(KEPT), undefined);
			await assert.rejects(run('replayKept'), {
				code: 'ERR_CONFIG_INVALID',
				message: /keeps events/,
			});
		});

		it('gives a time of them to the present mapping and filter, as marked rows that no key keeps away', async () => {
			await attach({ keep: KEEP, columns: column('was', 'v') });
			const startAt = world.clock.now();
			for (const n of [1, 2, 3, 4]) {
				await push({ n, kind: n === 3 ? 'x' : 'a', v: `v${n}` });
				await world.clock.advance(HOUR_MS);
			}
			await comes(4);
			await attach({ keep: KEEP, columns: column('is', 'v'), filter: { types: ['a'] } });
			const time = { from: startAt + HOUR_MS, until: startAt + 4 * HOUR_MS };
			const question = await run('replayKept', time);
			assert.deepEqual([Object(question).done, Object(question).rows], [false, 3]);
			const begun = await run('replayKept', { ...time, confirm: 3 });
			assert.deepEqual(begun, { exportId: MAIN, events: 3, ...time });
			await comes(6);
			assert.deepEqual(delivered().slice(4), [{ is: 'v2' }, { is: 'v4' }]);
			const { batch } = sink.batches.at(-1) ?? assert.fail();
			assert.equal(
				batch.lastAt > startAt + 4 * HOUR_MS - 1,
				true,
				'a row of now, whose age begins now',
			);
			await ended();
			const again = await run('replayKept', time);
			assert.match(Object(again).question, /already \(2 rows\), and come once more/);
			assert.equal(Object(await run('replayKept', { ...time, types: ['x'] })).rows, 1);
			assert.equal((await keptRows()).length, 4, 'a replay keeps nothing anew');
		});

		it('marks rows and whole events', async () => {
			const marks: unknown[] = [];
			sink.next = async (batch) => {
				for await (const rows of batch.rows()) marks.push(...rows.map(({ replay }) => replay));
				return { kind: 'ack' };
			};
			await attach({ keep: KEEP });
			await push({ n: 1 });
			await comes(1);
			await run('replayKept', { confirm: 'all' });
			await comes(2);
			const [first, second] = delivered() as { replay?: true; id: string }[];
			assert.deepEqual([first?.replay, second?.replay, second?.id], [undefined, true, first?.id]);
			await eventually('both are read', () => marks.length === 2);
			assert.deepEqual(marks, [undefined, true]);
		});

		it('stops at an event that the mapping rejects, goes on once it was changed, and tells so', async () => {
			const rejecting = {
				type: 'template',
				name: 'v',
				template: {
					language: 'jsonnet',
					content: "if Body('n') == 2 then error 'no' else Body('n')",
				},
			} as const;
			await attach({ keep: KEEP });
			for (const n of [1, 2, 3]) await push({ n });
			await comes(3);
			await attach({ keep: KEEP, columns: [rejecting] });
			await run('replayKept', { confirm: 'all' });
			const replay = await eventually('it stops', async () => {
				const one = await replayOf();
				return one?.stopped && one;
			});
			assert.equal(replay.stopped?.code, 'ERR_TEMPLATE_RUNTIME');
			assert.equal(delivered().length, 3, 'nothing of the slice');
			await assert.rejects(run('replayKept', { from: 1 }), {
				code: 'ERR_CONFIG_INVALID',
				message: /has stopped/,
			});
			await attach({ keep: KEEP, columns: column('n', 'n') });
			assert.equal(Object(await run('replayKept')).goesOn, true);
			await comes(6);
			assert.deepEqual(delivered().slice(3), [{ n: 1 }, { n: 2 }, { n: 3 }]);
		});

		it('puts aside what cannot be mapped, where the buffer does', async () => {
			await attach({ keep: KEEP });
			await push({ n: 1 });
			await comes(1);
			await attach({ keep: KEEP, onMappingError: 'dead', columns: column('v', 'none') });
			await run('replayKept', { confirm: 'all' });
			await eventually('it is put aside', async () =>
				(await world.store.counters()).some(({ deadRows }) => deadRows === 1),
			);
		});

		it('waits while enough of it waits, and ends with purge of what waits', async () => {
			await attach({ keep: KEEP });
			await push({ n: 1, filler: 'x'.repeat(700_000) });
			for (let n = 2; n <= 14; n++) await push({ n, filler: 'x'.repeat(700_000) });
			await comes(14);
			await run('pause');
			await run('replayKept', { confirm: 'all' });
			const waiting = async () =>
				(await world.store.counters()).find(({ exportId }) => exportId === MAIN)?.rows ?? 0;
			await eventually('enough waits', async () => (await waiting()) >= 12);
			for (let i = 0; i < 5; i++) await world.clock.advance(1_000);
			await world.store.counters();
			assert.equal((await replayOf())?.of, 14);
			assert.ok((await waiting()) < 14);
			await assert.rejects(run('replayKept'), { message: /under way/ });
			await run('purge', { what: 'waiting', confirm: 'all' });
			assert.equal(await replayOf(), undefined);
			await run('resume');
			for (let i = 0; i < 5; i++) await world.clock.advance(1_000);
			await world.store.counters();
			assert.equal(await waiting(), 0);
			assert.equal(delivered().length, 14);
		});

		it('goes on after the store has refused it', async () => {
			await attach({ keep: KEEP });
			await push({ n: 1 });
			await comes(1);
			const { append } = world.store;
			let refused = 0;
			world.store.append = async (request) => {
				refused += 1;
				if (refused <= 2) throw new BufferError('ERR_QUOTA', 'full');
				return append(request);
			};
			await run('replayKept', { confirm: 'all' });
			await comes(2);
			world.store.append = append;
			assert.equal(refused, 3);
		});

		it('makes nobody wait for what is kept: it raises no alert and is no backlog', async () => {
			await attach({ keep: KEEP });
			await push({ n: 1 });
			await comes(1);
			await world.clock.advance(2 * HOUR_MS);
			const { alerts, exports } = await takeSnapshot(world.pipeline, { clock: world.clock });
			assert.deepEqual(alerts, []);
			assert.deepEqual(summarize({ at: world.clock.now(), exports }).level, 'quiet');
		});

		it('is refused into a buffer that drops, and ends when it is disabled, also where no host is', async () => {
			await attach({ keep: KEEP });
			await push({ n: 1 });
			await run('disable', { confirm: 'all' });
			await assert.rejects(run('replayKept', { confirm: 'all' }), { message: /not disabled/ });
			await run('enable');
			const { store } = world;
			await runVerb({ store }, 'replayKept', { exportId: MAIN, confirm: 'all' });
			await runVerb({ store }, 'disable', { exportId: MAIN, confirm: 'all' });
			const { running, past } = await readBook(store.documents, MAIN);
			assert.deepEqual([running, past.at(-1)?.isCancelled], [undefined, true]);
		});

		it('purges what is kept by name, and with the last buffer of its receiver', async () => {
			const attached = world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput({ keep: KEEP, conditions: ONE }), ports: { sink } }],
				HOLDER,
			);
			await attached.ready;
			await push({ n: 1 });
			await push({ n: 2 });
			assert.equal(Object(await run('purge', { what: 'kept', confirm: 1 })).rows, 2);
			assert.equal(Object(await run('purge', { what: 'kept', confirm: 2 })).rows, 2);
			assert.deepEqual(await keptRows(), []);
			await push({ n: 3 });
			await attached.detach({ gone: true });
			await run('removeOrphan', { confirm: 'all' });
			assert.equal(await world.store.getExport(KEPT), undefined);
		});

		it('takes kept events of a time through a changed mapping, dry', async () => {
			await attach({ keep: KEEP, columns: column('was', 'v') });
			await push({ n: 1, v: 'v1' });
			await world.clock.advance(HOUR_MS);
			const from = world.clock.now();
			await push({ n: 2, v: 'v2' });
			await comes(2);
			const change = { columns: column('is', 'v') };
			const all = Object(await run('dryRun', change));
			const places = all.results.map((one: { from: string }) => one.from);
			assert.deepEqual(places, ['received', 'kept']);
			const some = Object(await run('dryRun', { ...change, from }));
			assert.deepEqual(
				some.results.map((one: { after: object }) => one.after),
				[{ became: 'row', record: { is: 'v2' } }],
			);
		});
	});
}
