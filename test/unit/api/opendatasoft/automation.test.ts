import assert from 'node:assert/strict';
import { enablePush, renewPushKey } from '../../../../core/api/opendatasoft/datasets';
import { PUSH, PUSH_KEY, datasetReceiver } from '../../../support/api/dataset-world';
import {
	as,
	KEEP,
	openResource,
	RESOURCE,
	type ResourceWorld,
} from '../../../support/api/resource-world';
import { eventually } from '../../../support/eventually';
import { anExportInput, HOLDER } from '../../../support/pipeline-fixtures';

describe('the Automation API of Opendatasoft', () => {
	let world: ResourceWorld;
	const open = async (...o: Parameters<typeof openResource>) => (world = await openResource(...o));
	afterEach(() => world.close());

	const status = async (method: string, path: string, init?: RequestInit) =>
		(await world.call(method, path, init)).status;
	const push = (key: string, a = 1, verb = 'push') =>
		status('POST', `${PUSH}/${verb}?pushkey=${key}`, { body: JSON.stringify({ a }) });
	const post = (verb: string, key = 'A') => world.call('POST', `${RESOURCE}/${verb}/`, as(key));

	it('shows a resource to who may look, its push key to developers alone, and nothing of other projects', async () => {
		await open();
		await world.put({ source: 'Feed A' });
		const seen = (await world.call('GET', `${RESOURCE}/`, as('A'))).json;
		const push_url = '/api/push/1.0/ds/realtime/push/';
		assert.deepEqual(seen, {
			uid: 'realtime',
			type: 'realtime',
			title: 'Feed A',
			datasource: { type: 'realtime' },
			params: { push_enabled: true, push_url: `${push_url}?pushkey=${PUSH_KEY}` },
		});
		const toViewer = (await world.call('GET', RESOURCE, as('viewer'))).json;
		assert.deepEqual(toViewer['params'], { push_enabled: true, push_url });
		assert.equal(await status('GET', `${RESOURCE}/?apikey=A`), 200);
		assert.equal(await status('GET', `${RESOURCE}/?apikey=A`, as('A')), 401);
		assert.equal(await status('GET', RESOURCE, as(PUSH_KEY)), 401);
		assert.equal(await status('GET', RESOURCE, as('other')), 404);
		assert.equal(await status('GET', RESOURCE.replace('/ds/', '/no/'), as('A')), 404);
		assert.equal(await push('A'), 401);
	});

	it('makes a new push key, shows it, and refuses the former one at once', async () => {
		await open();
		assert.equal((await post('renew_api_key', 'operator')).status, 403);
		const { json } = await post('renew_api_key');
		const { push_url } = json['params'] as { push_url: string };
		const [, key = ''] = /\?pushkey=([0-9a-f]{56})$/.exec(push_url) ?? [];
		assert.deepEqual([await push(key), await push(PUSH_KEY)], [200, 401]);
		const documents = JSON.stringify(await world.stored.list('receiver'));
		assert.doesNotMatch(documents, new RegExp(`${key}|${PUSH_KEY}`));
		assert.deepEqual(world.audited, ['renewPushKey']);

		await world.put({ auth: [{ kind: 'bearer', secrets: [PUSH_KEY] }] as never });
		const refused = await post('renew_api_key');
		assert.deepEqual([refused.status, refused.json['error_code']], [400, 'bad_request']);
	});

	it('refuses deletions as well while push is disabled, and goes on with the same key and buffers', async () => {
		await open();
		const state = async (verb: string) => (await post(verb)).json['params'];
		assert.deepEqual(Object(await state('disable')).push_enabled, false);
		assert.deepEqual([await push(PUSH_KEY), await push(PUSH_KEY, 1, 'delete')], [403, 403]);
		const byId = `${PUSH}/${'a'.repeat(40)}/delete?pushkey=${PUSH_KEY}`;
		assert.equal(await status('GET', byId), 403);
		assert.deepEqual(Object(await state('enable')).push_enabled, true);
		assert.equal(await push(PUSH_KEY), 200);
		await eventually('the buffer has it', () => world.destination.size === 1);
	});

	it('changes nothing of a dataset that a node has, and shows no key of it', async () => {
		await open();
		const receiver = datasetReceiver({ id: 'n1', dataset: { id: 'ds', resource: 'r2' } });
		const exports = [{ config: anExportInput({ receiverId: 'n1' }) }];
		await world.world.pipeline.attachReceiver(receiver, exports, HOLDER).ready;
		const at = RESOURCE.replace('realtime', 'r2');
		const { json } = await world.call('GET', at, as('A'));
		assert.equal(Object(json['params']).push_url, '/api/push/1.0/ds/r2/push/');
		for (const verb of ['enable', 'disable', 'renew_api_key']) {
			const refused = await world.call('POST', `${at}/${verb}`, as('A'));
			assert.deepEqual([refused.status, refused.json['error_code']], [409, 'conflict'], verb);
			assert.deepEqual(refused.json['detail'], { code: 'ERR_DEFINITION_HELD' });
		}
		assert.equal(await push(PUSH_KEY), 200);
	});

	it('undoes no change that came between its look and its own', async () => {
		await open();
		const { core, stored } = world;
		let source = 0;
		const between = {
			list: async (kind: 'receiver') => {
				const found = await stored.list(kind);
				await world.put({ source: `change ${++source}` });
				return found;
			},
			putReceiver: stored.putReceiver.bind(stored),
		};
		const changed = { ...core, stored: between as unknown as typeof stored };
		const where = { project: 'default', dataset: 'ds', resource: 'realtime' };
		const conflict = { code: 'ERR_DOCUMENT_CONFLICT' };
		await assert.rejects(enablePush(changed, where, false), conflict);
		await assert.rejects(renewPushKey(changed, where), conflict);
		const { title, params } = (await world.call('GET', RESOURCE, as('A'))).json;
		assert.deepEqual([title, Object(params).push_enabled], ['change 2', true]);
		assert.equal(await push(PUSH_KEY), 200);
	});

	it('shows the dataset that takes pushes now, and not the definition of a node that is gone', async () => {
		await open();
		const dataset = { id: 'ds', resource: 'r2' };
		const attach = (id: string) =>
			world.world.pipeline.attachReceiver(datasetReceiver({ id, dataset, source: id }), [], HOLDER);
		const gone = attach('n1');
		await gone.ready;
		await gone.detach({ gone: true });
		await attach('n2').ready;
		const at = RESOURCE.replace('realtime', 'r2');
		assert.equal((await world.call('GET', at, as('A'))).json['title'], 'n2');
	});

	it('recovers what was pushed and deleted, in its order, until the backup is deleted', async () => {
		await open({ keep: KEEP });
		for (const a of [1, 2]) await push(PUSH_KEY, a);
		await push(PUSH_KEY, 1, 'delete');
		await eventually('all of it is delivered', () => world.flow.batches.length === 3);
		world.destination.clear();
		assert.equal((await post('recover', 'viewer')).status, 403);
		assert.equal((await post('recover', 'operator')).status, 200);
		await eventually('all of it came once more', () => {
			return JSON.stringify([...world.destination.values()]) === '[{"a":2}]';
		});
		assert.equal((await post('delete_recover_data')).status, 200);
		assert.equal((await post('delete_recover_data')).status, 200);
		const { status: after, json } = await post('recover');
		assert.equal(after, 400, JSON.stringify(json));
		await world.put({ dataset: { id: 'ds', isPublished: false } });
		assert.equal((await post('delete_recover_data')).status, 400);
	});

	it('deletes a backup also where nothing more is kept', async () => {
		await open({ keep: KEEP });
		await push(PUSH_KEY);
		await eventually('it is delivered', () => world.flow.batches.length === 1);
		const kept = async () =>
			(await world.world.store.counters()).find(({ exportId }) => exportId.startsWith('kept:'))
				?.rows ?? 0;
		assert.equal(await kept(), 1);
		const conditions = { count: 1, time: '1h', size: '10MB' } as const;
		await world.stored.putExport({ config: anExportInput({ output: 'event', conditions }) });
		assert.equal((await post('delete_recover_data')).status, 200);
		assert.equal(await kept(), 0);
	});

	it('says that there is nothing to recover where no buffer keeps anything', async () => {
		await open();
		await push(PUSH_KEY);
		const { status: answered, json } = await post('recover');
		assert.equal(answered, 400);
		assert.match(String(json['message']), /keeps what it delivered/);
		assert.equal((await post('delete_recover_data')).status, 200);
	});
});
