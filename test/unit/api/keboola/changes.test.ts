import assert from 'node:assert/strict';
import { listCredentials } from '../../../../core/api/access/read-access';
import { TASKS } from '../../../../core/api/keboola/tasks/task';
import { doWork, type WorkPorts } from '../../../../core/api/keboola/tasks/do-work';
import { receiverOf } from '../../../../core/api/keboola/receiver-of';
import { peek } from '../../../../core/operate/verbs/peek';
import { eventually } from '../../../support/eventually';
import { MAPPING, openKeboolaWorld, TOKENLESS, type KeboolaWorld } from './keboola-world';

const as = (caller: string) => ({ 'x-storageapi-token': caller });

describe('changes over the Keboola Buffer API', () => {
	let world: KeboolaWorld;
	beforeEach(async () => {
		world = await openKeboolaWorld();
		const made = {
			name: 'r',
			exports: [{ name: 'x', mapping: MAPPING, conditions: { size: '1MB' } }],
		};
		assert.equal((await world.done('POST', '/v1/receivers', made)).task.status, 'success');
	});
	afterEach(() => world.close());

	const told = async (method: string, url: string, body?: unknown, headers = {}) => {
		const { status, json } = await world.call(method, url, body, headers);
		return json ? `${status} ${json.error ?? ''} ${json.message ?? ''}` : String(status);
	};
	const exportOf = async (id = 'x') =>
		(await world.call('GET', `/v1/receivers/r/exports/${id}`)).json;

	it('names the fields that are wrong, and makes nothing', async () => {
		const column = { type: 'body', name: 'a' };
		const wrong = async (body: object) => told('POST', '/v1/receivers/r/exports', body);
		const mapped = (mapping: object) => wrong({ name: 'y', mapping: { ...MAPPING, ...mapping } });
		assert.deepEqual(
			[
				await wrong({}),
				await wrong({ name: 'x'.repeat(41), mapping: MAPPING }),
				await wrong({ name: '~', mapping: MAPPING }),
				await wrong({ id: 'a/b', name: 'y', mapping: MAPPING }),
				await mapped({ tableId: 'table' }),
				await mapped({ columns: [column, { ...column, name: 'A' }] }),
				await mapped({ columns: [{ type: 'template', name: 'a' }] }),
				await mapped({ columns: [{ type: 'uuid', name: 'a' }] }),
				await wrong({ name: 'y', mapping: MAPPING, conditions: { time: '1s' } }),
				await wrong({ name: 'y', mapping: MAPPING, conditions: { time: '1d' } }),
				await wrong({ name: 'y', mapping: MAPPING, conditions: { count: 10_000_001 } }),
				await told('POST', '/v1/receivers', { name: 7 }),
			],
			[
				'400 buffer.missingField "name" is missing from body; "mapping" is missing from body.',
				`400 buffer.invalidLength Length of body.name must be lesser or equal than 40 but got value "${'x'.repeat(41)}" (len=41)`,
				'400 buffer.badRequest Id: expected at least one letter or digit, got "~".',
				'400 buffer.badRequest Id: expected an id without a slash, got "a/b".',
				'400 buffer.badRequest Mapping.tableId: expected an id such as in.c-bucket.table, got "table".',
				'400 buffer.badRequest Columns[1].name: expected a name that no other column has, also not in other letter case, got "A".',
				'400 buffer.badRequest Columns[0].template: expected a template.',
				'400 buffer.invalidEnumValue Value of body.mapping.columns[0].type must be one of "id", "datetime", "ip", "body", "headers", "template" but got value "uuid".',
				'400 buffer.badRequest Invalid conditions: "time" must be 30s or greater.',
				'400 buffer.badRequest Invalid conditions: value "1d" is not valid time duration. Allowed units: s, m, h. For example: "30s".',
				'400 buffer.invalidRange Body.conditions.count must be lesser or equal than 10000000.',
				'400 buffer.invalidFieldType Invalid value of body.name: expected string.',
			],
		);
		const { json } = await world.call('GET', '/v1/receivers/r/exports');
		assert.deepEqual(
			json.exports.map(({ id }: { id: string }) => id),
			['x'],
		);
	});

	it('changes a name alone, all conditions at once, and a mapping whose table fits', async () => {
		const { json: before } = await world.call('GET', '/v1/receivers/r');
		const named = await world.call('PATCH', '/v1/receivers/r', { name: 'R2', description: 'd' });
		assert.deepEqual(named.json, { ...before, name: 'R2', description: 'd' });
		const change = (body: object) => world.done('PATCH', '/v1/receivers/r/exports/x', body);
		const { status, task } = await change({ name: 'X2' });
		assert.deepEqual([status, task.status, task.outputs.exportId], [200, 'success', 'x']);
		const [was] = before.exports;
		assert.deepEqual(await exportOf(), { ...was, name: 'X2' });
		await change({ conditions: { count: 7 } });
		assert.deepEqual((await exportOf()).conditions, { count: 7, size: '5MB', time: '5m0s' });
		await change({ mapping: { ...MAPPING, tableId: 'in.c-bucket.new', incremental: false } });
		const { tableId, incremental } = (await exportOf()).mapping;
		assert.deepEqual([tableId, incremental], ['in.c-bucket.new', false]);
		const { task: failed } = await change({ mapping: { ...MAPPING, tableId: 'new' } });
		assert.deepEqual([failed.status, failed.result], ['error', undefined]);
		assert.equal((await exportOf()).mapping.tableId, 'in.c-bucket.new');
	});

	it('leaves nothing of a receiver whose exports cannot all be made', async () => {
		world.table('CREATE TABLE "in.c-bucket.other" (a TEXT)');
		const exports = [
			{ name: 'a', mapping: { ...MAPPING, tableId: 'in.c-bucket.one' } },
			{ name: 'b', mapping: { ...MAPPING, tableId: 'in.c-bucket.other' } },
		];
		const { task } = await world.done('POST', '/v1/receivers', { name: 'two', exports });
		assert.equal(
			task.error,
			'columns of the table "in.c-bucket.other" do not match expected ["id","template"], found ["a"]',
		);
		assert.equal(
			await told('GET', '/v1/receivers/two'),
			'404 buffer.receiverNotFound Receiver "two" not found in the project.',
		);
		assert.equal(
			await told('POST', '/v1/receivers', { name: 'two', exports: [exports[0], exports[0]] }),
			'409 buffer.exportAlreadyExists Export "a" already exists in the receiver.',
		);
	});

	it('takes 20 exports and no more, in one call as one by one', async () => {
		const many = (count: number) =>
			Array.from({ length: count }, (_, at) => ({
				name: `e${at}`,
				mapping: { ...MAPPING, tableId: `in.c-bucket.e${at}` },
			}));
		const { task } = await world.done('POST', '/v1/receivers', { name: 'full', exports: many(20) });
		assert.equal(task.status, 'success');
		const more = { name: 'more', mapping: MAPPING };
		const limit =
			'buffer.exportCountLimitReached Export count limit reached in the receiver, the maximum is 20.';
		assert.equal(await told('POST', '/v1/receivers/full/exports', more), `409 ${limit}`);
		assert.equal(
			await told('POST', '/v1/receivers', { name: 'over', exports: many(21) }),
			`409 ${limit}`,
		);
	});

	it('removes an export and a receiver, and what waited in them', async () => {
		const { json } = await world.call('GET', '/v1/receivers/r');
		assert.equal(await told('POST', json.url, { key: 1, value: 2 }, TOKENLESS), '200');
		assert.equal(await told('DELETE', '/v1/receivers/r/exports/x'), '200');
		assert.equal(
			await told('DELETE', '/v1/receivers/r/exports/x'),
			'404 buffer.exportNotFound Export "x" not found in the receiver.',
		);
		assert.equal(await told('DELETE', '/v1/receivers/r'), '200');
		assert.equal(
			await told('POST', json.url, {}, TOKENLESS),
			'404 buffer.receiverNotFound Receiver "r" not found.',
		);
		assert.deepEqual(await world.store.counters(), []);
	});

	it('shows a URL to developers alone, and nothing to other projects', async () => {
		const { json } = await world.call('GET', '/v1/receivers', undefined, as('viewer'));
		assert.deepEqual(
			json.receivers.map(({ id, url }: { id: string; url?: string }) => [id, url]),
			[['r', undefined]],
		);
		assert.deepEqual(
			[
				await told('DELETE', '/v1/receivers/r', undefined, as('viewer')),
				await told('GET', '/v1/receivers/r', undefined, as('other')),
				await told('GET', '/v1/receivers', undefined, as('both')),
				await told('GET', '/v1/receivers', undefined, TOKENLESS),
				await told('GET', '/v1/receivers', undefined, as('wrong')),
				await told(
					'POST',
					'/v1/receivers',
					{ name: 'q', exports: [{ name: 'x', mapping: MAPPING }] },
					as('other'),
				),
			],
			[
				'403 buffer.forbidden This needs the role develop or one above it, and yours is view.',
				'404 buffer.receiverNotFound Receiver "r" not found in the project.',
				'400 buffer.badRequest This credential is good for several projects and the address names none: use one of a single project.',
				'400 buffer.missingField "X-StorageApi-Token" is missing from header.',
				'401 buffer.unauthorized Invalid access token.',
				'400 buffer.badRequest Tables: expected a database for the tables of this project, set where the API is.',
			],
		);
		// Projects have ids of their own.
		const { task } = await world.done('POST', '/v1/receivers', { name: 'r2' });
		assert.equal(task.status, 'success');
		assert.equal(await told('POST', '/v1/receivers', { name: 'r' }, as('other')), '202  ');
	});

	it('shows receivers of nodes, and leaves them to their nodes', async () => {
		const receiver = { id: 'node-made', project: 'p1', auth: [{ kind: 'none' }] } as const;
		await world.pipeline.attachReceiver(receiver, [], { key: 'n1', label: 'node one' }).ready;
		const foreign = { ...receiver, id: 'foreign', project: 'p2' };
		await world.pipeline.attachReceiver(foreign, [], { key: 'n2', label: 'node two' }).ready;
		assert.match(await told('GET', '/v1/receivers/foreign'), /^404/);
		const { json } = await world.call('GET', '/v1/receivers/node-made');
		assert.deepEqual(json, { id: 'node-made', name: 'node-made', description: '', exports: [] });
		for (const [method, body] of [
			['PATCH', { name: 'y' }],
			['DELETE', undefined],
		] as const)
			assert.match(
				await told(method, '/v1/receivers/node-made', body),
				/^409 buffer\.conflict .*node one/,
			);
		const made = { name: 'e', mapping: MAPPING };
		const { task } = await world.done('POST', '/v1/receivers/node-made/exports', made);
		assert.match(task.error, /node one/);
	});

	it('takes 100 receivers and no more', async () => {
		const names = Array.from({ length: 98 }, (_, at) => ({ name: `n${at}` }));
		for (const one of names) await world.core.stored.putReceiver(receiverOf(one, 'p1'));
		assert.equal(await told('POST', '/v1/receivers', { name: 'last' }), '202  ');
		await eventually('it is there', async () =>
			(await told('GET', '/v1/receivers/last')).startsWith('200'),
		);
		assert.equal(
			await told('POST', '/v1/receivers', { name: 'more' }),
			'409 buffer.receiverCountLimitReached Receiver count limit reached in the project, the maximum is 100.',
		);
	});

	it('takes back what it cannot finish, and changes nothing that somebody else has changed', async () => {
		const { stored, tables } = world.core;
		const { signal } = new AbortController();
		const how = { isResumed: false, signal, closing: signal };
		const exports = ['a', 'b'].map((name) => ({ name, mapping: MAPPING }));
		const failing: WorkPorts = {
			tables,
			stored: {
				list: (kind) => stored.list(kind),
				putReceiver: (...args) => stored.putReceiver(...args),
				removeReceiver: (...args) => stored.removeReceiver(...args),
				putExport: async (one, condition) => {
					if (one.config.id === 'b') throw new Error('the disk is full');
					return stored.putExport(one, condition);
				},
			},
		};
		const shared = { project: 'p1', receiverId: 'half' };
		const creating = {
			...shared,
			type: 'receiver.create',
			wanted: { name: 'half', exports },
		} as const;
		await assert.rejects(doWork(creating, failing, how), /disk/);
		assert.match(await told('GET', '/v1/receivers/half'), /^404/);
		const changing = {
			type: 'export.update',
			project: 'p1',
			receiverId: 'r',
			exportId: 'x',
			revision: 99,
			wanted: { name: 'other' },
		} as const;
		await assert.rejects(doWork(changing, world.core, how), { code: 'ERR_DOCUMENT_CONFLICT' });
		assert.equal((await exportOf()).name, 'x');
	});

	it('goes on after a crash with what it has begun, and does it once at a time', async () => {
		const work = {
			type: 'receiver.create',
			project: 'p1',
			receiverId: 'late',
			wanted: {
				name: 'late',
				exports: ['a', 'b'].map((name) => ({
					name,
					mapping: { ...MAPPING, tableId: `in.c-b.${name}` },
				})),
			},
		} as const;
		const id = 'late/receiver.create/2026-01-01T00:00:00.000Z_abcde';
		const { at } = world;
		const shared = { format: 1, id, project: 'p1', type: work.type, receiverId: 'late' };
		const createdAt = world.clock.now();
		const task = { ...shared, status: 'processing', createdAt, work };
		await world.store.documents.put(TASKS, `p1/${id}`, task);
		// Half of it was done.
		await world.done('POST', '/v1/receivers', {
			name: 'late',
			exports: work.wanted.exports.slice(0, 1),
		});
		const { json: before } = await world.call('GET', '/v1/receivers/late');
		await world.end();
		world = await openKeboolaWorld({ at });
		const finished = await world.finished(`/v1/tasks/${id}`);
		assert.deepEqual([finished.status, finished.result], ['success', 'receiver created']);
		const { json: after } = await world.call('GET', '/v1/receivers/late');
		assert.equal(after.url, before.url);
		assert.deepEqual(
			after.exports.map((one: { id: string }) => one.id),
			['a', 'b'],
		);
		const twice = { ...work, receiverId: 'q', wanted: { name: 'q' } };
		const first = world.core.tasks.start(twice);
		await assert.rejects(world.core.tasks.start(twice), { code: 'ERR_TASK_RUNNING' });
		await world.finished(`/v1/tasks/${(await first).id}`);
	});

	it('forgets a task an hour after it succeeded', async () => {
		const { task } = await world.done('POST', '/v1/receivers', { name: 'q' });
		await world.clock.advance(3_599_999);
		assert.equal((await world.call('GET', task.url)).status, 200);
		await world.clock.advance(1);
		await world.done('POST', '/v1/receivers', { name: 'q2' });
		await eventually(
			'its record is gone',
			async () => (await world.store.documents.list(TASKS)).documents.length === 1,
		);
		assert.match(
			await told('GET', task.url),
			/^404 buffer\.taskNotFound Task ".*" not found in the project\.$/,
		);
	});
});

describe('operating over the Keboola Buffer API', () => {
	let world: KeboolaWorld;
	let url: string;
	beforeEach(async () => {
		world = await openKeboolaWorld();
		const columns = [...MAPPING.columns, { type: 'headers', name: 'headers' }];
		await world.done('POST', '/v1/receivers', {
			name: 'r',
			exports: [{ name: 'x', mapping: { ...MAPPING, columns } }],
		});
		url = (await world.call('GET', '/v1/receivers/r')).json.url;
	});
	afterEach(() => world.close());

	const EVENT = { key: 'a', value: 'b' };
	const push = async (to = url) => (await world.call('POST', to, EVENT)).status;

	it('disables and enables an export, and counts what became of its records', async () => {
		assert.equal(await push(), 200);
		const put = async (verb: string) =>
			(await world.call('PUT', `/v1/receivers/r/exports/x/${verb}`)).json;
		assert.deepEqual(await put('disable'), { state: 'USER_DISABLED', dropped: 1 });
		assert.equal(await push(), 200);
		const total = async () =>
			(await world.call('GET', '/v1/receivers/r/exports/x/statistics/total')).json;
		const { buffered, dropped, state } = await total();
		assert.deepEqual(
			[state, dropped, buffered],
			['USER_DISABLED', 2, { recordsCount: 0, recordsSize: 0 }],
		);
		assert.deepEqual(await put('enable'), { state: 'ACTIVE' });
		assert.equal(await push(), 200);
		assert.equal((await total()).buffered.recordsCount, 1);
	});

	it('gives a receiver another secret, and the former one lets nobody in', async () => {
		const { json } = await world.call('POST', '/v1/receivers/r/rotate-secret');
		assert.notEqual(json.url, url);
		assert.deepEqual([await push(), await push(json.url)], [404, 200]);
	});

	it('shows the rows of a request without storing any, and without the token', async () => {
		const { status, json } = await world.call('POST', '/v1/receivers/r/test', EVENT);
		assert.equal(status, 200);
		const [{ exportId, rows }] = json.exports;
		assert.deepEqual([exportId, rows[0].id, rows[0].template], ['x', '1', '"a:b"']);
		assert.match(rows[0].headers, /"Content-Type":"application\/json"/);
		assert.doesNotMatch(rows[0].headers, /storageapi/i);
		const refused = await world.call('POST', '/v1/receivers/r/test', {});
		assert.deepEqual([refused.status, refused.json.error], [400, 'buffer.badRequest']);
		const viewed = await world.call('POST', '/v1/receivers/r/test', EVENT, as('viewer'));
		assert.equal(viewed.status, 403);
		assert.equal((await world.store.counters())[0]?.acceptedTotal, 0);
		assert.equal(await push(), 200);
		assert.doesNotMatch(
			JSON.stringify(await peek(world.pipeline, 'keboola:p1:r/x')),
			/storageapi/i,
		);
	});

	it('gives an export a token that may only write its table, another secret with each refresh, and ends it', async () => {
		const tokens = async () =>
			(await listCredentials(world.core.access.documents)).good.map(({ value }) => value);
		const refresh = () => world.call('POST', '/v1/receivers/r/tokens/refresh');
		assert.equal((await refresh()).json.id, 'r');
		const [made] = await tokens();
		assert.deepEqual(
			[made?.label, made?.grants, made?.limits],
			[
				'[_internal] Buffer Export x for Receiver r',
				[{ project: 'p1', role: 'push' }],
				{ exports: ['keboola:p1:r/x'], tables: ['in.c-bucket.table'] },
			],
		);
		await refresh();
		const [again, ...more] = await tokens();
		assert.deepEqual([again?.id, again?.secrets.length, more], [made?.id, 1, []]);
		assert.notDeepEqual(again?.secrets[0], made?.secrets[0]);
		await world.call('DELETE', '/v1/receivers/r');
		assert.deepEqual(await tokens(), []);
	});
});
