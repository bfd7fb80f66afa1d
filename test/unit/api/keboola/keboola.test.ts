import assert from 'node:assert/strict';
import { MAPPING, openKeboolaWorld, TOKENLESS, type KeboolaWorld } from './keboola-world';
import { eventually } from '../../../support/eventually';

describe('the Keboola Buffer API', () => {
	let world: KeboolaWorld;
	beforeEach(async () => {
		world = await openKeboolaWorld();
	});
	afterEach(() => world.close());

	it('makes a receiver by a task, takes events at its URL, and loads them into its table', async () => {
		const { status, task } = await world.done('POST', '/v1/receivers', {
			name: 'My Receiver',
			description: 'a\nb',
			exports: [{ name: 'My Export', mapping: MAPPING, conditions: { count: 2 } }],
		});
		assert.equal(status, 202);
		assert.match(task.id, /^my-receiver\/receiver\.create\/2026-01-01T00:00:00\.000Z_\w{5}$/);
		assert.deepEqual(
			[task.status, task.result, task.outputs, task.error],
			['success', 'receiver created', { receiverId: 'my-receiver' }, undefined],
		);
		const { json: receiver } = await world.call('GET', '/v1/receivers/my-receiver');
		const { url, ...rest } = receiver;
		assert.match(url, /^http:\/\/api\.example\.com\/v1\/import\/p1\/my-receiver\/[0-9A-Za-z]{48}$/);
		assert.deepEqual(rest, {
			id: 'my-receiver',
			name: 'My Receiver',
			description: 'a\nb',
			exports: [
				{
					id: 'my-export',
					receiverId: 'my-receiver',
					name: 'My Export',
					mapping: {
						...MAPPING,
						columns: MAPPING.columns.map((one) => ({ primaryKey: false, ...one })),
					},
					conditions: { count: 2, size: '5MB', time: '5m0s' },
				},
			],
		});
		for (const value of ['b', 'c']) {
			const pushed = await world.call('POST', url, { key: 'a', value }, TOKENLESS);
			assert.deepEqual([pushed.status, pushed.json], [200, undefined]);
			assert.equal(pushed.headers.get('access-control-allow-origin'), '*');
		}
		const statement = 'SELECT id, template FROM "in.c-bucket.table" ORDER BY id';
		const rows = await eventually('both rows are in the table', () => {
			const found = world.hasTables() ? world.table(statement) : [];
			return found.length === 2 && found;
		});
		assert.deepEqual(JSON.parse(JSON.stringify(rows)), [
			{ id: '1', template: '"a:b"' },
			{ id: '2', template: '"a:c"' },
		]);
		assert.deepEqual(world.audited, ['createReceiver']);
	});

	it('refuses a push that nobody would find again, and says which export cannot take it', async () => {
		const made = { name: 'r', exports: [{ name: 'x', mapping: MAPPING }] };
		await world.done('POST', '/v1/receivers', made);
		const { json } = await world.call('GET', '/v1/receivers/r');
		const wrong = json.url.replace(/.$/, json.url.endsWith('a') ? 'b' : 'a');
		const messages: unknown[] = [];
		const push = async (url: string, body: unknown, headers = {}) => {
			const answer = await world.call('POST', url, body, { ...TOKENLESS, ...headers });
			const { statusCode, error, message } = answer.json;
			assert.equal(statusCode, answer.status);
			messages.push(`${answer.status} ${error} ${message}`);
		};
		await push(wrong, {});
		await push(json.url.slice(0, -1), {});
		await push(json.url.replace('/p1/', '/p2/'), {});
		await push(json.url, {});
		await push(json.url, 'x', { 'content-type': 'text/plain' });
		await push(json.url, {}, { 'content-type': '' });
		await push(json.url, '[1]');
		await push(json.url, 'x'.repeat(1_048_577));
		await world.done('POST', '/v1/receivers/r/exports', {
			name: 'y',
			mapping: { ...MAPPING, tableId: 'in.c-bucket.two' },
		});
		await push(json.url, {});
		await world.done('POST', '/v1/receivers', { name: 'empty' });
		await push((await world.call('GET', '/v1/receivers/empty')).json.url, {});
		assert.deepEqual(messages, [
			'404 buffer.receiverNotFound Receiver "r" with given secret not found.',
			'400 buffer.invalidLength Length of path.secret must be greater or equal than 48.',
			'404 buffer.receiverNotFound Receiver "r" not found.',
			'400 buffer.badRequest Failed to format record for export "x":\n- path "key" not found in the body.',
			'415 buffer.unsupportedMediaType Unsupported content type "text/plain", supported types: application/json and application/x-www-form-urlencoded.',
			'400 buffer.missingField "Content-Type" is missing from header.',
			'400 buffer.badRequest Cannot parse request body: invalid JSON: expected an object.',
			'413 buffer.payloadTooLarge Payload too large, the maximum size is 1MB.',
			'400 buffer.multipleErrors Multiple errors occurred:\n- export "x": path "key" not found in the body\n- export "y": path "key" not found in the body.',
			'503 buffer.serviceUnavailable This is not possible now; the log says why.',
		]);
	});
});
