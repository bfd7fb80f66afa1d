import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { IDataObject, NodeOperationError } from 'n8n-workflow';
import { DeliveryError } from '../../../core/index';
import { eventually } from '../../support/eventually';
import { Sluice } from '../../../nodes/Sluice/Sluice.node.js';
import { operationFor } from '../../../nodes/Sluice/operation-for.js';
import { execute, executeContext, located, refusal, type ContextInput } from './sluice-context';
import { n8nFolder, type N8nFolder } from './sluice-store';

const run =
	(resource: string) =>
	(
		operation: string,
		{ buffer, ...parameters }: Record<string, unknown> = {},
		more: Partial<ContextInput> = {},
	) =>
		execute({
			resource,
			operation,
			parameters: { ...parameters, ...(buffer === undefined ? {} : { buffer: located(buffer) }) },
			...more,
		});
const operate = run('buffer');
const deadLetters = run('deadLetter');
const deliveries = run('delivery');

const add = (buffer: string, ...values: IDataObject[]) =>
	execute({
		resource: 'buffer',
		operation: 'add',
		parameters: { buffer: located(buffer, 'list') },
		items: values.map((json) => ({ json })),
	});

const failure = (message: string) => new DeliveryError('ERR_SINK_REJECTED', message);

describe('the operations of Sluice', () => {
	const offered = new Sluice().description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			(displayOptions?.show?.['resource'] ?? []).flatMap((resource) =>
				options.flatMap((one) => ('value' in one ? `${resource}.${one.value}` : [])),
			),
		);

	it('are all there: what is offered is done', () => {
		assert.ok(offered.length > 10, String(offered.length));
		const undone = offered.filter((one) => {
			const [resource = '', operation = ''] = one.split('.');
			return operationFor(resource, operation) === undefined;
		});
		assert.deepEqual(undone, []);
	});
});

describe('Sluice: buffers and dead letters', () => {
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

	it('get many: an item for each buffer, with what it holds and what the store says', async () => {
		await n8n.publish('wf1:t1', 'readings');
		const { unpublish } = await n8n.publish('wf2:t2', 'events', { pushed: true });
		await unpublish();
		await add('readings', { a: 1 }, { a: 2 });
		const output = await operate('getAll', {}, { items: [{ json: {} }, { json: {} }] });
		assert.equal(output.length, 4);
		assert.deepEqual(output[2]?.pairedItem, { item: 1 });
		const [readings, events] = output.map(({ json }) => json as Record<string, IDataObject>);
		assert.equal(readings?.['buffer'], 'wf1:t1/readings');
		assert.equal(readings?.['waiting']?.['rows'], 2);
		assert.match(String(readings?.['waiting']?.['oldestAt']), /^\d{4}-.*Z$/);
		assert.deepEqual(
			[readings?.['isActive'], readings?.['state'], readings?.['level'], readings?.['summary']],
			[true, 'ACTIVE', 'working', '2 waiting'],
		);
		assert.equal(readings?.['store']?.['kind'], 'sqlite');
		assert.ok(Number(readings?.['store']?.['freeBytes']) > 0);
		assert.deepEqual([events?.['isActive'], events?.['waiting']?.['oldestAt']], [false, null]);
		assert.doesNotThrow(() => JSON.stringify(output));
		const some = await operate('getAll', { returnAll: false, limit: 1 });
		assert.deepEqual(
			some.map(({ json }) => json['buffer']),
			['wf1:t1/readings'],
		);
		await assert.rejects(operate('getAll', { returnAll: false, limit: 0 }), /limit: expected/);
	});

	it('back up: a verified copy of the store, where n8n lets workflows write', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await add('readings', { a: 1 }, { a: 2 });
		const directory = path.join(n8n.folder, 'backup');
		const backUp = (parameters: object, more: Partial<ContextInput> = {}) =>
			run('store')('backUp', { ...parameters }, more);
		await assert.rejects(
			backUp({ directory }, { blockedPath: directory }),
			/one that n8n lets workflows write to, by N8N_RESTRICT_FILE_ACCESS_TO/,
		);
		const [output] = await backUp({ directory: ` ${directory} ` });
		const { rows, verified, at } = output?.json ?? {};
		assert.deepEqual([output?.json['directory'], rows], [realpathSync(directory), 2]);
		assert.match(String(at), /^\d{4}-.*Z$/);
		assert.equal((verified as IDataObject)['rows'], 2);
		for (const [wrong, message] of [
			[directory, /is empty, got/],
			[path.join(n8n.folder, 'no', 'such'), /make that first/],
			['', /directory: expected/],
		] as const)
			await assert.rejects(backUp({ directory: wrong }), message);
	});

	it('get: tells what waits for its next attempt, when that is, and why', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings');
		await n8n.publish('wf1:t1', 'other');
		sink.next = () => ({ kind: 'retry', error: failure('later') });
		await add('readings', { a: 1 }, { a: 2 });
		n8n.pipeline.flush('items:wf1:t1/readings');
		await eventually('a failed attempt', async () => {
			const one = n8n.pipeline.held().exports.get('items:wf1:t1/readings');
			return sink.batches.length === 1 && one?.inFlight === 0;
		});
		const get = async () => {
			const [one, ...rest] = await operate('get', { buffer: 'readings' });
			assert.equal(rest.length, 0);
			return (one?.json ?? {}) as Record<string, IDataObject>;
		};
		const { waiting, retrying, lastFailure, level } = await get();
		assert.deepEqual([waiting?.['rows'], retrying?.['rows'], level], [0, 2, 'retrying']);
		for (const at of ['nextAttemptAt', 'oldestAt'])
			assert.match(String(retrying?.[at]), /^\d{4}-.*Z$/);
		assert.deepEqual(
			[lastFailure?.['code'], lastFailure?.['message']],
			['ERR_SINK_REJECTED', 'later'],
		);
		sink.next = () => ({ kind: 'dead', error: failure('no') });
		await operate('retryNow', { buffer: 'readings' });
		await eventually('it is dead', async () => (await get())['dead']?.['rows'] === 2);
		const after = await get();
		assert.deepEqual(
			[after['retrying']?.['rows'], after['retrying']?.['nextAttemptAt'], after['level']],
			[0, null, 'dead'],
		);
	});

	it('pause, resume: keep what comes, and deliver it later', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings');
		const [paused] = await operate('pause', { buffer: 'readings' });
		assert.deepEqual(paused?.json, {
			buffer: 'wf1:t1/readings',
			state: 'PAUSED',
			was: 'ACTIVE',
			rows: 0,
		});
		await add('readings', { a: 1 });
		assert.equal((await operate('flush', { buffer: 'readings' }))[0]?.json['flushed'], false);
		await operate('resume', { buffer: 'readings' });
		await operate('flush', { buffer: 'readings' });
		await eventually('a batch', () => sink.batches.length === 1);
	});

	it('disable: asks, takes no more than it was told, then drops; enable takes again', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await add('readings', { a: 1 }, { a: 2 });
		const disable = async (parameters: object) =>
			(await operate('disable', { buffer: 'readings', ...parameters }))[0]?.json ?? {};
		const asked = await disable({});
		assert.deepEqual([asked['done'], asked['rows']], [false, 2]);
		assert.equal((await disable({ confirm: 'atMost', maxRows: 1 }))['done'], false);
		assert.equal((await counters('items:wf1:t1/readings'))?.rows, 2);
		assert.equal((await disable({ confirm: 'all' }))['dropped'], 2);
		await add('readings', { a: 3 });
		assert.equal((await counters('items:wf1:t1/readings'))?.rows, 0);
		await operate('enable', { buffer: 'readings' });
		await add('readings', { a: 4 });
		assert.equal((await counters('items:wf1:t1/readings'))?.rows, 1);
		const purged = { buffer: 'readings', what: 'all', confirm: 'all' };
		assert.equal((await operate('purge', purged))[0]?.json['rows'], 1);
	});

	it('peek: an item for each of the oldest waiting rows', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await add('readings', { a: 1 }, { a: 2 }, { a: 3 });
		const rows = await operate('peek', { buffer: 'readings', limit: 2 });
		assert.deepEqual(
			rows.map(({ json }) => [json['buffer'], json['record']]),
			[1, 2].map((a) => ['wf1:t1/readings', { a }]),
		);
		assert.match(String(rows[0]?.json['receivedAt']), /^\d{4}-.*Z$/);
	});

	it('replay kept: asks, gives kept events to the buffer once more, and shows what is kept', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings', { keep: {} });
		await add('readings', { a: 1 }, { a: 2 });
		n8n.pipeline.flush('items:wf1:t1/readings');
		await eventually('they are delivered', () => sink.batches.length === 1);
		const [asked] = await operate('replayKept', { buffer: 'readings' });
		assert.deepEqual([asked?.json['done'], asked?.json['rows']], [false, 2]);
		await assert.rejects(operate('replayKept', { buffer: 'readings', from: 'yesterday' }), {
			message: /^from: expected a date and time/,
		});
		const all = { buffer: 'readings', types: ' , ', confirm: 'all' };
		const [begun] = await operate('replayKept', all);
		const { buffer, events, from, until } = begun?.json ?? {};
		assert.deepEqual([buffer, events, from], ['wf1:t1/readings', 2, undefined]);
		assert.match(String(until), /^\d{4}-.*Z$/);
		await eventually(
			'they wait again',
			async () => (await counters('items:wf1:t1/readings'))?.rows === 2,
		);
		const [shown] = await operate('get', { buffer: 'readings' });
		const { events: kept, since } = shown?.json['kept'] as IDataObject;
		assert.equal(kept, 2);
		assert.match(String(since), /^\d{4}-.*Z$/);
		const [purged] = await operate('purge', { buffer: 'readings', what: 'kept', confirm: 'all' });
		assert.equal(purged?.json['rows'], 2);
	});

	it('dry run: what other columns would make of what waits, or of an event of your own', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await add('readings', { a: 1 }, { b: 2 });
		const columns = {
			values: [
				{ name: 'x', type: 'path', path: 'a', defaultValue: 'none' },
				{ name: 'y', type: 'template', template: 'Body("a")' },
			],
		};
		const [kept] = await operate('dryRun', { buffer: 'readings', columns });
		const { buffer, events, rows, failed } = kept?.json ?? {};
		assert.deepEqual([buffer, events, rows, failed], ['wf1:t1/readings', 2, 1, 1]);
		const [first] = kept?.json['results'] as IDataObject[];
		assert.deepEqual(first?.['after'], { became: 'row', record: { x: 1, y: 1 } });
		assert.match(String(first?.['receivedAt']), /^\d{4}-.*Z$/);
		const own = { testEvent: 'own', ownEvent: '{"a": "b"}' };
		const [given] = await operate('dryRun', { buffer: 'readings', data: 'event', columns, ...own });
		const [only] = given?.json['results'] as IDataObject[];
		assert.deepEqual([only?.['from'], only?.['changes']], ['given', []]);
		const wrong = { values: [{ name: 't', type: 'template', template: '==1' }] };
		await assert.rejects(operate('dryRun', { buffer: 'readings', columns: wrong }), {
			message: /^columns\[0\]\.template: .*begin with "="/,
		});
	});

	it('get metrics, get many deliveries: how requests went, with times as text', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings');
		sink.next = (_batch, { onRequest }) => {
			onRequest({
				ok: false,
				status: 503,
				durationMs: 12.5,
				rows: 2,
				error: { code: 'ERR_SINK_UNAVAILABLE', message: 'the receiver answered 503' },
			});
			return { kind: 'retry', error: failure('later') };
		};
		await add('readings', { a: 1 }, { a: 2 });
		await operate('flush', { buffer: 'readings' });
		const measured = async () =>
			((await operate('getMetrics', { buffer: 'readings' }))[0]?.json ?? {}) as Record<
				string,
				IDataObject
			>;
		await eventually(
			'a failed attempt',
			async () => (await measured())['retrying']?.['rows'] === 2,
		);
		await add('readings', { a: 3 });
		const shown = await measured();
		const { buffer, successCount, errorCount, latency99p, lastSuccessAt, waiting } = shown;
		assert.deepEqual(
			[buffer, successCount, errorCount, latency99p, lastSuccessAt, waiting?.['rows']],
			['wf1:t1/readings', 0, 1, '0.013s', null, 1],
		);
		for (const at of [shown['from'], waiting?.['oldestAt'], shown['lastError']?.['at']])
			assert.match(String(at), /^\d{4}-.*Z$/);
		const [one, ...rest] = await deliveries('getAll', { buffer: 'readings' });
		assert.equal(rest.length, 0);
		const { at, batchId, ...delivery } = one?.json ?? {};
		assert.match(String(at), /^\d{4}-.*Z$/);
		assert.ok(batchId);
		assert.deepEqual(delivery, {
			buffer: 'wf1:t1/readings',
			destination: null,
			ok: false,
			attempt: 1,
			durationMs: 12.5,
			rows: 2,
			status: 503,
			error: { code: 'ERR_SINK_UNAVAILABLE', message: 'the receiver answered 503' },
		});
		assert.doesNotThrow(() => JSON.stringify([shown, one]));
		await assert.rejects(deliveries('getAll', { buffer: 'other' }), /there is no buffer "other"/);
		const none = deliveries('getAll', { buffer: 'readings', limit: 0 });
		await assert.rejects(none, /limit: expected/);
	});

	it('what the store warns of is shown beside the output', async () => {
		const hints: string[] = [];
		const { store } = n8n.pipeline;
		const warned = { ...(await store.stats()), warnings: ['the store would vanish'] };
		Object.assign(store, { stats: async () => warned });
		await operate('getAll', {}, { hints });
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
		const { searchBuffers, searchItemBuffers } = new Sluice().methods.listSearch;
		const context = executeContext({ resource: 'buffer', operation: 'flush' });
		const list = async (load: typeof searchBuffers, filter?: string) =>
			(await load.call(context as never, filter)).results;
		assert.deepEqual(
			(await list(searchBuffers)).map(({ name, value }) => [name, value]),
			[
				['Doors / Sluice Trigger / events', 'wf2:t2/events'],
				['Doors / Sluice Trigger / other', 'wf2:t2/other'],
				['Sensors / Sluice Trigger / events', 'wf1:t1/events'],
			],
		);
		assert.deepEqual(
			(await list(searchItemBuffers)).map(({ value }) => value),
			['wf2:t2/other', 'wf1:t1/events'],
		);
		assert.deepEqual(
			(await list(searchBuffers, 'sensors')).map(({ value }) => value),
			['wf1:t1/events'],
		);
		for (const buffer of [
			...(await list(searchBuffers)).map(({ value }) => value),
			label('Sensors'),
			label('Doors'),
		]) {
			const [one] = await operate('flush', { buffer });
			assert.equal(one?.json['flushed'], true, String(buffer));
		}
	});

	it('receivers are listed, and show their requests and what was taken and refused', async () => {
		await n8n.publish('wf1:t1', 'events', { pushed: true });
		const { searchReceivers } = new Sluice().methods.listSearch;
		const context = executeContext({ resource: 'receiver', operation: 'get' });
		assert.deepEqual((await searchReceivers.call(context as never)).results, [
			{ name: 'workflow / events', value: 'wf1:t1' },
		]);
		assert.deepEqual((await searchReceivers.call(context as never, 'other')).results, []);
		const push = { path: '/x', headers: {}, body: Buffer.from('{}'), remoteAddress: '192.0.2.7' };
		await n8n.pipeline.accept('wf1:t1', { ...push, method: 'POST' });
		await n8n.pipeline.accept('wf1:t1', { ...push, method: 'GET' });
		const receiver = located('wf1:t1', 'list');
		const on = (operation: string, parameters: object = {}) =>
			run('receiver')(operation, { receiver, ...parameters });
		const requests = await on('getRequests');
		assert.deepEqual(
			requests.map(({ json }) => [json['receiver'], json['status'], json['code'] ?? null]),
			[
				['wf1:t1', 405, 'ERR_METHOD'],
				['wf1:t1', 200, null],
			],
		);
		assert.match(String(requests[0]?.json['at']), /^\d{4}-.*Z$/);
		assert.equal((await on('getRequests', { limit: 1 })).length, 1);
		const [one] = await on('get');
		assert.deepEqual(
			[one?.json['accepted'], one?.json['refused'], one?.json['secrets']],
			[1, 1, []],
		);
		const [way] = one?.json['ways'] as IDataObject[];
		assert.equal(way?.['kind'], 'none');
		assert.match(String(way?.['pushCommand']), /curl -sS "\$URL" /);
		assert.match(String(way?.['pushCommandNeeds']), /^curl; the variable URL/);
		const [tested] = await on('sendTestEvent', { testEvent: 'own', ownEvent: '{"a":1}' });
		assert.deepEqual(
			[tested?.json['receiver'], tested?.json['outcome'], tested?.json['status']],
			['wf1:t1', 'stored', 200],
		);
		await assert.rejects(on('sendTestEvent', { testEvent: 'own', ownEvent: '{' }), /ownEvent/);
		await assert.rejects(
			on('sendTestEvent', { receiver: located('other') }),
			/holds: "wf1:t1" \(workflow/,
		);
		await assert.rejects(on('renewUrlSecret'), /has a secret in its URL/);
		await assert.rejects(on('get', { receiver: located('other') }), /holds: wf1:t1 \(workflow/);
	});

	it('a Trigger that took pushes and is filled by workflows now has two buffers: both can be operated', async () => {
		await n8n.publish('wf1:t1', 'events', { pushed: true });
		await n8n.publish('wf1:t1', 'events');
		const buffers = (await operate('getAll')).map(({ json }) => String(json['buffer']));
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

	it('get many dead letters: gives error, counts, times and the first records', async () => {
		await bury('wf1:t1', 'readings', ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({ n })));
		await bury('wf2:t2', 'others', { b: 1 });
		const [one, ...rest] = await deadLetters('getAll', { buffer: 'readings' });
		assert.equal(rest.length, 0);
		const { batchId, deadAt, firstAt, lastAt, sizeBytes, error, ...json } = one?.json ?? {};
		const { at, ...why } = error as IDataObject;
		assert.deepEqual(why, { code: 'ERR_SINK_REJECTED', message: 'no thanks' });
		assert.deepEqual(json, {
			buffer: 'wf1:t1/readings',
			count: 7,
			attempts: 1,
			records: [1, 2, 3, 4, 5].map((n) => ({ n })),
		});
		for (const one of [at, deadAt, firstAt, lastAt]) assert.match(String(one), /^\d{4}-.*Z$/);
		assert.ok(batchId && Number(sizeBytes) > 0);
		assert.deepEqual(one?.pairedItem, { item: 0 });
		assert.equal((await deadLetters('getAll')).length, 2);
		assert.equal((await deadLetters('getAll', { limit: 1 })).length, 1);
	});

	it('get many dead letters: shows an event that could not be mapped as it came', async () => {
		await n8n.publish('wf1:t1', 'mapped', {
			columns: [{ type: 'path', name: 'a', path: 'a' }],
			output: 'record',
			onMappingError: 'dead',
		});
		await add('mapped', { b: 1 });
		const [one] = await deadLetters('getAll', { buffer: 'mapped' });
		const [record] = one?.json['records'] as IDataObject[];
		assert.deepEqual(record?.['body'], { b: 1 });
		assert.equal((one?.json['error'] as IDataObject)['code'], 'ERR_COLUMN_VALUE');
	});

	it('get many dead letters: refuses a limit out of bounds, and gives nothing where there is nothing', async () => {
		await n8n.publish('wf1:t1', 'readings');
		assert.deepEqual(await deadLetters('getAll'), []);
		for (const limit of [0, 1001, 1.5]) {
			await assert.rejects(deadLetters('getAll', { limit }), /limit: expected a whole number/);
		}
	});

	it('replay dead letters: delivers those of a buffer again', async () => {
		const sink = await bury('wf1:t1', 'readings', { a: 1 }, { a: 2 });
		sink.next = () => ({ kind: 'ack' });
		const [one] = await deadLetters('replay', { which: 'buffer', buffer: 'readings' });
		assert.deepEqual(one?.json, { buffer: 'wf1:t1/readings', batches: 1, rows: 2 });
		await eventually('the batch again', () => sink.batches.length === 2);
		assert.deepEqual(sink.batches[1]?.records, [{ a: 1 }, { a: 2 }]);
	});

	it('replay dead letters: takes one by its batch ID, and says when it is gone', async () => {
		const sink = await bury('wf1:t1', 'readings', { a: 1 });
		const [letter] = await deadLetters('getAll');
		const batchId = letter?.json['batchId'];
		sink.next = () => ({ kind: 'ack' });
		const [one] = await deadLetters('replay', { batchId });
		assert.deepEqual(one?.json, { batchId, batches: 1, rows: 1 });
		await eventually('the batch again', () => sink.batches.length === 2);
		await assert.rejects(deadLetters('replay', { batchId }), /there is no dead letter/);
		await assert.rejects(deadLetters('replay', { which: 'buffer' }), /no buffer is named/);
	});

	it('replay dead letters: leaves those that were put aside before', async () => {
		await bury('wf1:t1', 'readings', { a: 1 });
		const choice = { which: 'buffer', buffer: 'readings' };
		const since = new Date(Date.now() + 60_000).toISOString();
		const [one] = await deadLetters('replay', { ...choice, since });
		assert.deepEqual(one?.json, { buffer: 'wf1:t1/readings', batches: 0, rows: 0 });
		await assert.rejects(deadLetters('replay', { ...choice, since: 'soon' }), /^.*since: expected/);
	});

	it('purge dead letters: one at once, those of a buffer after a question', async () => {
		await bury('wf1:t1', 'readings', { a: 1 });
		await bury('wf1:t1', 'readings', { a: 2 }, { a: 3 });
		const [letter] = await deadLetters('getAll');
		const batchId = letter?.json['batchId'];
		assert.deepEqual((await deadLetters('purge', { batchId }))[0]?.json, { batchId, rows: 1 });
		const choice = { which: 'buffer', buffer: 'readings' };
		assert.equal((await deadLetters('purge', choice))[0]?.json['done'], false);
		const [purged] = await deadLetters('purge', { ...choice, confirm: 'all' });
		assert.deepEqual(purged?.json, { buffer: 'wf1:t1/readings', what: 'dead', rows: 2 });
		assert.deepEqual(await deadLetters('getAll'), []);
	});
});
