import assert from 'node:assert/strict';
import { MAX_SHOWN, METRICS } from '../../../core/metrics/metric-list';
import { prometheusText, type Sample } from '../../../core/metrics/prometheus-text';
import { metricSamples } from '../../../core/operate/metric-samples';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { watchPipeline } from '../../../core/operate/watch-pipeline';
import { BufferError } from '../../../core/errors';
import { eventually } from '../../support/eventually';
import { FakeClock } from '../../support/fake-clock';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	RecordingSink,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('the metrics of a store and its pipeline', () => {
	let world: PipelineWorld;
	let sink: RecordingSink;
	beforeEach(async () => {
		world = await pipelineWorld();
		sink = new RecordingSink();
		await world.pipeline.attachReceiver(
			{
				id: 'r1',
				auth: OPEN,
				typePath: 'type',
				dedupe: [{ keyPath: 'id', windowMs: 60_000 }],
			},
			[{ config: anExportInput({ filter: { types: ['a', 'b'] }, keep: {} }), ports: { sink } }],
			HOLDER,
		).ready;
	});
	afterEach(() => world.close());

	const push = (body: object) =>
		world.pipeline.accept('r1', aPush({ body: Buffer.from(JSON.stringify(body)) }));
	const samples = async () => metricSamples(await takeSnapshot(world.pipeline, world));
	const valueOf = (all: readonly Sample[], name: string, labels: Record<string, string> = {}) =>
		all.find(
			(one) =>
				(one.part === undefined ? one.name : `${one.name}_${one.part}`) === name &&
				Object.entries(labels).every(([label, text]) => one.labels[label] === text),
		)?.value;

	it('count events by what became of them, refused requests by code, and bytes', async () => {
		await push({ id: 1, type: 'a' });
		await push({ id: 1, type: 'a' });
		await push({ id: 2, type: 'x' });
		await world.pipeline.accept('r1', aPush({ method: 'PUT' }));
		const all = await samples();
		const of = { receiver: 'r1', store: world.store.id };
		for (const outcome of ['stored', 'duplicate', 'filtered'])
			assert.equal(valueOf(all, 'sluice_receiver_events_total', { ...of, outcome }), 1, outcome);
		const code = 'ERR_METHOD';
		assert.equal(valueOf(all, 'sluice_receiver_refused_total', { ...of, code }), 1);
		const bytes = 3 * '{"id":1,"type":"a"}'.length;
		assert.equal(valueOf(all, 'sluice_receiver_body_bytes_total', of), bytes);
	});

	it('count rows where they are, requests by outcome, and how long they took', async () => {
		sink.next = (_batch, attempt) => {
			attempt.onRequest?.({ ok: true, durationMs: 250, bytes: 10 });
			return { kind: 'ack' };
		};
		await push({ id: 1, type: 'a' });
		await world.clock.advance(5_000);
		let all = await samples();
		const of = { export: 'r1/main' };
		assert.equal(valueOf(all, 'sluice_export_waiting_rows', of), 1);
		assert.equal(valueOf(all, 'sluice_export_oldest_waiting_age_seconds', of), 5);
		assert.ok((valueOf(all, 'sluice_export_waiting_bytes', of) ?? 0) > 0);
		await push({ id: 2, type: 'b' });
		await eventually('the delivery', async () => {
			await world.clock.advance(1);
			all = await samples();
			return valueOf(all, 'sluice_export_rows_delivered_total', of) === 2;
		});
		assert.equal(valueOf(all, 'sluice_export_waiting_rows', of), 0);
		assert.equal(valueOf(all, 'sluice_export_oldest_waiting_age_seconds', of), 0);
		assert.equal(valueOf(all, 'sluice_export_requests_total', { ...of, outcome: 'ok' }), 1);
		assert.equal(valueOf(all, 'sluice_export_requests_total', { ...of, outcome: 'failed' }), 0);
		assert.equal(valueOf(all, 'sluice_export_request_duration_seconds_count', of), 1);
		assert.equal(valueOf(all, 'sluice_export_request_duration_seconds_sum', of), 0.25);
		assert.equal(valueOf(all, 'sluice_export_request_bytes_total', of), 10);
		const quantile = { ...of, quantile: '0.99' };
		const p99 = valueOf(all, 'sluice_export_request_duration_seconds', quantile) ?? 0;
		assert.ok(Math.abs(p99 - 0.25) < 0.005);
	});

	it('go on counting over a redeploy', async () => {
		await push({ id: 1, type: 'a' });
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput(), ports: { sink } }],
			HOLDER,
		).ready;
		await push({ id: 2 });
		const stored = { receiver: 'r1', outcome: 'stored' };
		assert.equal(valueOf(await samples(), 'sluice_receiver_events_total', stored), 2);
	});

	it('show each state as 1 or 0', async () => {
		await world.store.setState('r1/main', 'PAUSED');
		const all = await samples();
		const states = all.filter(({ name }) => name === 'sluice_export_state');
		assert.deepEqual(
			states.map(({ labels, value }) => [labels['state'], value]),
			[
				['ACTIVE', 0],
				['PAUSED', 1],
				['USER_DISABLED', 0],
				['SYSTEM_DISABLED', 0],
			],
		);
	});

	it('are those of the list, with its labels; all but those of listeners, APIs and disks', async () => {
		await push({ id: 1, type: 'a' });
		await world.pipeline.accept('r1', aPush({ method: 'PUT' }));
		const all = await samples();
		const known = Object.keys(METRICS).filter(
			(name) => !/^sluice_(listener|build|api)_|free_bytes$/.test(name),
		);
		assert.deepEqual([...new Set(all.map(({ name }) => name))].sort(), known.sort());
		for (const { name, labels } of all) {
			const named = Object.keys(labels).filter((label) => label !== 'quantile');
			assert.deepEqual(named, [...METRICS[name].labels], name);
		}
	});

	it('leave out exports that another process holds, and bound the number of those they show', async () => {
		const snapshot = await takeSnapshot(world.pipeline, world);
		const [one] = snapshot.exports;
		assert.ok(one);
		const many = Array.from({ length: MAX_SHOWN + 5 }, (_, i) => ({
			...one,
			exportId: `r1/${String(i).padStart(5, '0')}`,
		}));
		const elsewhere = { ...one, exportId: 'r1/!', heldElsewhere: 'other' };
		const all = metricSamples({ ...snapshot, exports: [elsewhere, ...many] });
		const shown = all.filter(({ name }) => name === 'sluice_export_dead_rows');
		assert.equal(shown.length, MAX_SHOWN);
		assert.equal(shown[0]?.labels['export'], 'r1/00000');
		assert.equal(valueOf(all, 'sluice_metrics_left_out'), 5);
	});

	it('name no label that a person gave', async () => {
		const text = prometheusText(await samples());
		assert.ok(!text.includes(HOLDER.label));
	});

	describe('behind a listener', () => {
		it('say no more of a store that is not there than that it is down', async () => {
			const failing = watchPipeline(async () => Promise.reject(new Error('secret')), { key: 'a' });
			assert.deepEqual(await failing.reasons(), ['ERR_STORE_UNAVAILABLE']);
			assert.equal(prometheusText(await failing.samples()).includes('secret'), false);
			assert.equal(valueOf(await failing.samples(), 'sluice_store_up'), 0);
		});

		it('name a store that was there once, and the code by which it fails', async () => {
			const errors: Error[] = [];
			const on = async () => {
				for (const error of errors) throw error;
				return world.pipeline;
			};
			const watched = watchPipeline(on, { key: 'a' });
			assert.equal(valueOf(await watched.samples(), 'sluice_store_up'), 1);
			errors.push(new BufferError('ERR_STORE_OWNED', 'another process has it'));
			assert.deepEqual(await watched.reasons(), ['ERR_STORE_OWNED']);
			const store = world.store.id;
			assert.equal(valueOf(await watched.samples(), 'sluice_store_up', { store }), 0);
		});

		it('wait two seconds for a store that hangs', async () => {
			const clock = new FakeClock();
			const watched = watchPipeline(() => new Promise(() => {}), { key: 'a', clock });
			const asked = [watched.reasons(), watched.samples()] as const;
			await clock.advance(2_000);
			assert.deepEqual(await asked[0], ['ERR_STORE_UNAVAILABLE']);
			assert.equal((await asked[1])[0]?.value, 0);
		});

		it('are not ready when pushes would be refused for lack of space, and are in spite of warnings', async () => {
			const stats = await world.store.stats();
			const reasons = (o: Partial<typeof stats>) =>
				watchPipeline(
					async () => ({ store: { ...world.store, stats: async () => ({ ...stats, ...o }) } }),
					{ key: 'a' },
				).reasons();
			assert.deepEqual(await reasons({ freeBytes: 9, minFreeBytes: 10 }), ['ERR_BUFFER_FULL']);
			assert.deepEqual(await reasons({ freeBytes: 10, minFreeBytes: 10 }), []);
			assert.deepEqual(await reasons({ warnings: ['rows may be missing'] }), []);
		});
	});
});
