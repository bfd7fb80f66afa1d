import assert from 'node:assert/strict';
import type { IDataObject, NodeOperationError } from 'n8n-workflow';
import { DeliveryError } from '../../../core/index';
import { eventually } from '../../support/eventually';
import { Sluice } from '../../../nodes/Sluice/Sluice.node.js';
import { execute, executeContext, refusal, type ContextInput } from './sluice-context';
import { n8nFolder, type N8nFolder } from './sluice-store';

const operate = (
	operation: string,
	parameters: Record<string, unknown> = {},
	more: Partial<ContextInput> = {},
) => execute({ resource: 'operate', operation, parameters, ...more });

const add = (buffer: string, ...values: IDataObject[]) =>
	execute({
		resource: 'deliver',
		operation: 'addToBuffer',
		parameters: { buffer },
		items: values.map((json) => ({ json })),
	});

const failure = (message: string) => new DeliveryError('ERR_SINK_REJECTED', message);

describe('Sluice, operate', () => {
	let n8n: N8nFolder;
	beforeEach(async () => (n8n = await n8nFolder()));
	afterEach(() => n8n.close());

	const counters = async (exportId: string) =>
		(await n8n.pipeline.store.counters()).find((one) => one.exportId === exportId);

	/** One dead letter per call. */
	async function bury(key: string, name: string, ...values: IDataObject[]) {
		const { sink } = await n8n.publish(key, name);
		const exportId = `items:${key}/${name}`;
		const before = (await counters(exportId))?.deadBatches ?? 0;
		sink.next = () => ({ kind: 'dead', error: failure('no thanks') });
		await add(`${key}/${name}`, ...values);
		n8n.pipeline.flush(exportId);
		await eventually(
			'a dead letter',
			async () => ((await counters(exportId))?.deadBatches ?? 0) > before,
		);
		return sink;
	}

	it('status: counts what each buffer holds, once per item', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await n8n.publish('wf2:t2', 'events', { pushed: true });
		await add('readings', { a: 1 }, { a: 2 });
		const output = await operate('status', {}, { items: [{ json: {} }, { json: {} }] });
		assert.equal(output.length, 2);
		assert.deepEqual(output[1]?.pairedItem, { item: 1 });
		const { store, receivers, buffers } = (output[0]?.json ?? {}) as Record<string, unknown>;
		assert.equal((store as IDataObject)['kind'], 'sqlite');
		assert.equal((store as IDataObject)['durable'], true);
		assert.deepEqual(
			(receivers as IDataObject[]).map(({ id }) => id),
			['wf2:t2'],
		);
		const readings = (buffers as IDataObject[]).find(({ buffer }) => buffer === 'wf1:t1/readings');
		assert.equal((readings?.['waiting'] as IDataObject)['rows'], 2);
		assert.equal(readings?.['isActive'], true);
		assert.equal(readings?.['state'], 'ACTIVE');
		assert.match(String((readings?.['waiting'] as IDataObject)['oldestAt']), /^\d{4}-.*Z$/);
		const events = (buffers as IDataObject[]).find(({ buffer }) => buffer === 'wf2:t2/events');
		assert.equal((events?.['waiting'] as IDataObject)['oldestAt'], null);
		assert.doesNotThrow(() => JSON.stringify(output));
	});

	it('status: tells what waits for its next attempt, and when that is', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings');
		sink.next = () => ({ kind: 'retry', error: failure('later') });
		await add('readings', { a: 1 }, { a: 2 });
		n8n.pipeline.flush('items:wf1:t1/readings');
		await eventually('a failed attempt', async () => {
			const [one] = n8n.pipeline.held().exports.values();
			return sink.batches.length === 1 && one?.inFlight === 0;
		});
		const [one] = await operate('status');
		const [buffer] = one?.json['buffers'] as IDataObject[];
		const { waiting, retrying, lastFailure, level } = buffer as Record<string, IDataObject>;
		assert.deepEqual([waiting?.['rows'], retrying?.['rows'], level], [0, 2, 'retrying']);
		assert.match(String(retrying?.['nextAttemptAt']), /^\d{4}-.*Z$/);
		assert.equal(lastFailure?.['code'], 'ERR_SINK_REJECTED');
		sink.next = () => ({ kind: 'dead', error: failure('no') });
		await operate('retryNow', { buffer: 'readings' });
		const after = await eventually('it is dead', async () => {
			const [status] = await operate('status');
			const [now] = status?.json['buffers'] as IDataObject[];
			return (now?.['dead'] as IDataObject)['rows'] === 2 && now;
		});
		const { batches, rows, nextAttemptAt } = after['retrying'] as IDataObject;
		assert.deepEqual([batches, rows, nextAttemptAt], [0, 0, null]);
	});

	it('what the store warns of is shown beside the output', async () => {
		const hints: string[] = [];
		const { store } = n8n.pipeline;
		const warned = { ...(await store.stats()), warnings: ['the store would vanish'] };
		Object.assign(store, { stats: async () => warned });
		await operate('status', {}, { hints });
		assert.deepEqual(hints, ['the store would vanish']);
	});

	it('flush: delivers what waits', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings');
		await add('readings', { a: 1 });
		const [one] = await operate('flush', { buffer: 'readings' });
		assert.deepEqual(one, {
			json: { buffer: 'wf1:t1/readings', flushed: true, rows: 1 },
			pairedItem: { item: 0 },
		});
		const [batch] = await eventually('a batch', () => sink.batches.length > 0 && sink.batches);
		assert.deepEqual(batch?.records, [{ a: 1 }]);
	});

	it('flush: refuses a buffer that is unknown, or whose workflow is not active', async () => {
		const { unpublish } = await n8n.publish('wf1:t1', 'readings');
		await unpublish();
		for (const [buffer, message] of [
			['readings', /not active here/],
			['other', /there is no buffer "other"/],
			['', /no buffer is named/],
		] as const) {
			const [one] = await operate('flush', { buffer }, { continueOnFail: true });
			assert.equal(refusal(one).code, 'ERR_EXPORT_UNKNOWN');
			assert.match(String(one?.json['error']), message);
		}
	});

	it('two Triggers have a buffer of the same name: each is chosen from the list, by label, by full name', async () => {
		const label = (name: string) => `${name} / Sluice Trigger / events`;
		await n8n.publish('wf1:t1', 'events', { label: label('Sensors') });
		await n8n.publish('wf2:t2', 'events', { label: label('Doors'), pushed: true });
		await n8n.publish('wf2:t2', 'other', { label: label('Doors').replace('events', 'other') });
		await assert.rejects(operate('flush', { buffer: 'events' }), (error: NodeOperationError) => {
			assert.match(error.message, /2 buffers are called "events"/);
			assert.match(
				String(error.description),
				/wf1:t1\/events \(Sensors \/ Sluice Trigger \/ events\)/,
			);
			return true;
		});
		const { getBuffers, getItemBuffers, getBuffersOrNone } = new Sluice().methods.loadOptions;
		const context = executeContext({ resource: 'operate', operation: 'flush' });
		const list = (load: typeof getBuffers) => load.call(context as never);
		assert.deepEqual(
			(await list(getBuffers)).map(({ name, value }) => [name, value]),
			[
				['Doors / Sluice Trigger / events', 'wf2:t2/events'],
				['Doors / Sluice Trigger / other', 'other'],
				['Sensors / Sluice Trigger / events', 'wf1:t1/events'],
			],
		);
		// Of those that workflows fill, one alone is called so.
		assert.deepEqual(
			(await list(getItemBuffers)).map(({ value }) => value),
			['other', 'events'],
		);
		assert.equal((await list(getBuffersOrNone))[0]?.value, '');
		for (const buffer of [
			...(await list(getBuffers)).map(({ value }) => value),
			label('Sensors'),
			label('Doors'),
		]) {
			const [one] = await operate('flush', { buffer });
			assert.equal(one?.json['flushed'], true, String(buffer));
		}
	});

	it('a Trigger that took pushes and is filled by workflows now has two buffers: both can be operated', async () => {
		await n8n.publish('wf1:t1', 'events', { pushed: true });
		await n8n.publish('wf1:t1', 'events');
		const [one] = await operate('status');
		const buffers = (one?.json['buffers'] as IDataObject[]).map(({ buffer }) => String(buffer));
		assert.deepEqual(buffers.sort(), ['items:wf1:t1/events', 'wf1:t1/events']);
		await add('events', { a: 1 });
		for (const buffer of buffers) {
			const [flushed] = await operate('flush', { buffer });
			assert.equal(flushed?.json['rows'], buffer.startsWith('items:') ? 1 : 0, buffer);
		}
	});

	it('retry now: makes failed batches due', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings');
		sink.next = () => ({ kind: 'retry', error: failure('later') });
		await add('readings', { a: 1 });
		n8n.pipeline.flush('items:wf1:t1/readings');
		await eventually('a failed attempt', async () => {
			const [one] = n8n.pipeline.held().exports.values();
			return sink.batches.length === 1 && one?.inFlight === 0;
		});
		sink.next = () => ({ kind: 'ack' });
		const [one] = await operate('retryNow', { buffer: 'readings' });
		assert.deepEqual(one?.json, { buffer: 'wf1:t1/readings', batches: 1 });
		await eventually('another attempt', () => sink.batches.length === 2);
		await assert.rejects(operate('retryNow', { buffer: 'other' }), /no buffer "other"/);
	});

	it('list dead letters: gives error, counts, times and the first records', async () => {
		await bury('wf1:t1', 'readings', ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({ n })));
		await bury('wf2:t2', 'others', { b: 1 });
		const [one, ...rest] = await operate('listDeadLetters', { buffer: 'readings' });
		assert.equal(rest.length, 0);
		const { batchId, deadAt, firstAt, lastAt, sizeBytes, ...json } = one?.json ?? {};
		assert.deepEqual(json, {
			buffer: 'wf1:t1/readings',
			error: { code: 'ERR_SINK_REJECTED', message: 'no thanks' },
			count: 7,
			attempts: 1,
			records: [1, 2, 3, 4, 5].map((n) => ({ n })),
		});
		for (const at of [deadAt, firstAt, lastAt]) assert.match(String(at), /^\d{4}-.*Z$/);
		assert.ok(batchId && Number(sizeBytes) > 0);
		assert.deepEqual(one?.pairedItem, { item: 0 });
		assert.equal((await operate('listDeadLetters')).length, 2);
		assert.equal((await operate('listDeadLetters', { limit: 1 })).length, 1);
	});

	it('list dead letters: shows an event that could not be mapped as it came', async () => {
		await n8n.publish('wf1:t1', 'mapped', {
			columns: [{ type: 'path', name: 'a', path: 'a' }],
			output: 'record',
			onMappingError: 'dead',
		});
		await add('mapped', { b: 1 });
		const [one] = await operate('listDeadLetters', { buffer: 'mapped' });
		const [record] = one?.json['records'] as IDataObject[];
		assert.deepEqual(record?.['body'], { b: 1 });
		assert.equal((one?.json['error'] as IDataObject)['code'], 'ERR_COLUMN_VALUE');
	});

	it('list dead letters: refuses a limit out of bounds, and gives nothing where there is nothing', async () => {
		await n8n.publish('wf1:t1', 'readings');
		assert.deepEqual(await operate('listDeadLetters'), []);
		for (const limit of [0, 1001, 1.5]) {
			await assert.rejects(operate('listDeadLetters', { limit }), /limit: expected a whole number/);
		}
	});

	it('replay dead letters: delivers those of a buffer again', async () => {
		const sink = await bury('wf1:t1', 'readings', { a: 1 }, { a: 2 });
		sink.next = () => ({ kind: 'ack' });
		const [one] = await operate('replayDeadLetters', { buffer: 'readings' });
		assert.deepEqual(one?.json, { buffer: 'wf1:t1/readings', batches: 1, rows: 2 });
		await eventually('the batch again', () => sink.batches.length === 2);
		assert.deepEqual(sink.batches[1]?.records, [{ a: 1 }, { a: 2 }]);
	});

	it('replay dead letters: takes one by its batch ID, and says when it is gone', async () => {
		const sink = await bury('wf1:t1', 'readings', { a: 1 });
		const [letter] = await operate('listDeadLetters');
		const batchId = letter?.json['batchId'];
		sink.next = () => ({ kind: 'ack' });
		const [one] = await operate('replayDeadLetters', { batchId });
		assert.deepEqual(one?.json, { batchId, batches: 1, rows: 1 });
		await eventually('the batch again', () => sink.batches.length === 2);
		await assert.rejects(operate('replayDeadLetters', { batchId }), /there is no dead letter/);
		await assert.rejects(operate('replayDeadLetters', {}), /no buffer is named/);
	});
});
