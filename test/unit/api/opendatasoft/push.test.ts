import assert from 'node:assert/strict';
import { opendatasoftPush } from '../../../../core/api/opendatasoft/push-dialect';
import type { ApiCore } from '../../../../core/api/api-core';
import { datasetReceiver, openDataset, PUSH, PUSH_KEY } from '../../../support/api/dataset-world';
import { openApiWorld } from '../../../support/api/api-world';
import { eventually } from '../../../support/eventually';
import { anExportInput, HOLDER, pipelineWorld } from '../../../support/pipeline-fixtures';

const OK = '200 {"status":"OK"}';

describe('the push API of Opendatasoft', () => {
	let dataset: Awaited<ReturnType<typeof openDataset>>;

	beforeEach(async () => {
		const fields = [
			{ name: 'k', type: 'int', unique: true },
			{ name: 'v', type: 'int' },
		] as const;
		dataset = await openDataset({ fields });
	});
	afterEach(() => dataset.close());

	const holds = (rows: readonly (readonly [string, string])[]) =>
		eventually(JSON.stringify(rows), () => {
			const found = dataset.table().map(({ k, v }) => [k, String(v)]);
			return JSON.stringify(found) === JSON.stringify(rows);
		});

	it('deletes in a table what it has pushed: by values, whatever stands beside the unique field, and by id', async () => {
		const records = [1, 2, 3].map((k) => ({ k, v: k * 10 }));
		assert.equal(await dataset.call('POST', '/push/', records), OK);
		await holds([
			['1', '10'],
			['2', '20'],
			['3', '30'],
		]);
		const [, id = ''] = dataset.ids();
		assert.equal(await dataset.call('POST', '/delete/', [{ k: '1', v: 'no number' }]), OK);
		await holds([
			['2', '20'],
			['3', '30'],
		]);
		assert.equal(await dataset.call('GET', `/${id}/delete/`), OK);
		await holds([['3', '30']]);
		// What is not there any more (O23), and what comes again.
		assert.equal(await dataset.call('GET', `/${id}/delete/`), OK);
		assert.equal(await dataset.call('POST', '/push/', { k: 2, v: 21 }), OK);
		await holds([
			['2', '21'],
			['3', '30'],
		]);
	});

	it('tells the flow of each record whether it is pushed or deleted; of one that is deleted by id no field', async () => {
		const id = 'a'.repeat(40);
		await dataset.call('POST', '/push', { k: 1, v: 1 });
		await dataset.call('POST', '/delete', { k: 1 });
		await dataset.call('GET', `/${id}/delete`);
		await eventually('all of it has left', () => dataset.flow().length === 3);
		const [pushed, deleted, byId] = dataset.flow();
		const shown = [pushed, deleted, byId].map((one) => [one?.['operation'], one?.['body']]);
		assert.deepEqual(shown, [
			['push', { k: 1, v: 1 }],
			['delete', { k: 1 }],
			['delete', {}],
		]);
		// Where nothing says it, a deletion would look like a push.
		const peek = (id: string) => dataset.world.store.peek(id, { limit: 5 });
		const mapped = (await peek('r1/mapped')).map(
			({ payload }) => JSON.parse(Buffer.from(payload).toString()) as unknown,
		);
		assert.deepEqual(mapped, [
			{ does: 'push', v: 1 },
			{ does: 'delete', v: null },
			{ does: 'delete', v: null },
		]);
		assert.equal((await peek('r1/pushes')).length, 1);
		assert.equal(pushed?.['recordId'], deleted?.['recordId']);
		assert.equal(byId?.['recordId'], id);
		assert.doesNotMatch(JSON.stringify(dataset.flow()), new RegExp(PUSH_KEY));
	});

	it('refuses what deletes nothing, in its form, and stores nothing of it', async () => {
		const refused = async (method: string, tail: string, body?: unknown) =>
			(await dataset.call(method, tail, body)).replace(/"error":".*"/, '"error":"…"');
		const is = (status: number) => `${status} {"status":"error","error":"…"}`;
		assert.equal(await refused('POST', '/delete', { v: 1 }), is(400));
		assert.equal(await refused('POST', '/delete', [{ k: 1 }, { k: 'x' }]), is(400));
		assert.equal(await refused('POST', '/delete', 7), is(400));
		assert.equal(await refused('GET', '/nothing/delete'), is(400));
		assert.equal(await refused('GET', `/${'A'.repeat(40)}/delete`), is(400));
		assert.equal(await refused('POST', `/${'a'.repeat(40)}/delete`), is(405));
		assert.equal(await refused('GET', '/push'), is(405));
		assert.equal(await refused('GET', '/push/more/than/that'), is(404));
		// A look at what the address is must delete nothing.
		const head = `${PUSH}/${'a'.repeat(40)}/delete?pushkey=${PUSH_KEY}`;
		assert.equal((await dataset.api.call('HEAD', head)).status, 405);
		for (const key of ['', '?pushkey=', `?pushkey=${PUSH_KEY}x`, '?pushkey=a&pushkey=b']) {
			const path = `${PUSH}/${'a'.repeat(40)}/delete/${key}`;
			assert.equal((await dataset.api.call('GET', path)).status, 401, key);
		}
		assert.deepEqual(await dataset.world.store.peek('r1/main', { limit: 1 }), []);
	});
});

describe('receivers that are datasets', () => {
	it('are refused to those who push while push is disabled or they are not published, and only they are told why', async () => {
		const world = await pipelineWorld();
		const api = await openApiWorld(opendatasoftPush, { pipeline: world.pipeline } as ApiCore);
		const push = async (key: string) => {
			const init = { body: '{"a":1}' };
			return (await api.call('POST', `${PUSH}/push?pushkey=${key}`, init)).status;
		};
		try {
			for (const [closed, status] of [
				[{ isPushEnabled: false }, 403],
				[{ isPublished: false }, 403],
				[{}, 200],
			] as const) {
				const receiver = datasetReceiver({ dataset: { id: 'ds', ...closed } });
				const exports = [{ config: anExportInput() }];
				await world.pipeline.attachReceiver(receiver, exports, HOLDER).ready;
				assert.equal(await push(PUSH_KEY), status);
				assert.equal(await push('wrong'), 401);
			}
		} finally {
			await api.close();
			await world.close();
		}
	});

	it('refuse a deletion by id where a table knows its rows by something else', async () => {
		const world = await pipelineWorld();
		const api = await openApiWorld(opendatasoftPush, { pipeline: world.pipeline } as ApiCore);
		try {
			const columns = [{ type: 'path', name: 'k', path: 'k', primaryKey: true }] as const;
			const exports = [{ config: anExportInput({ columns }) }];
			await world.pipeline.attachReceiver(datasetReceiver(), exports, HOLDER).ready;
			const path = `${PUSH}/${'a'.repeat(40)}/delete?pushkey=${PUSH_KEY}`;
			assert.equal((await api.call('GET', path)).status, 400);
		} finally {
			await api.close();
			await world.close();
		}
	});

	it('have an address of their own, records with ids, and no keys by which the first of them counts', async () => {
		const world = await pipelineWorld();
		const attach = (o: Parameters<typeof datasetReceiver>[0], key = 'k') =>
			world.pipeline.attachReceiver(datasetReceiver(o), [], { key, label: `node ${key}` }).ready;
		const path = (one: string) => ({ code: 'ERR_CONFIG_INVALID', details: { path: one } });
		try {
			await attach({});
			assert.throws(() => attach({ id: 'r2' }, 'other'), /"node k" is ds\/realtime already/);
			await attach({ id: 'r2', dataset: { id: 'ds', resource: 'realtime0' } }, 'other');
			const { schema: _, ...without } = datasetReceiver();
			const bad = (o: object, at: string) =>
				assert.throws(
					() => world.pipeline.attachReceiver({ ...without, ...o } as never, [], HOLDER),
					(error: { details: { path: string } }) => error.details.path === path(at).details.path,
				);
			bad({}, 'dataset');
			bad({ schema: {}, dedupe: [{ content: true, windowMs: 1_000 }] }, 'dedupe');
			bad({ schema: {}, dataset: { id: 'a/b' } }, 'dataset.id');
			bad({ schema: {}, dataset: { id: '..' } }, 'dataset.id');
			bad({ schema: {}, dataset: { id: 'a', resource: '' } }, 'dataset.resource');
			bad({ schema: {}, dataset: { id: 'a', isPublished: 'no' } }, 'dataset.isPublished');
			bad({ schema: {}, dataset: { id: 'a', other: 1 } }, 'dataset.other');
		} finally {
			await world.close();
		}
	});
});
