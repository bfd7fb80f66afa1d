import assert from 'node:assert/strict';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { createEvent } from '../../../core/index';
import { singleBufferParameters } from '../../../nodes/SluiceTrigger/description/buffer';
import { eventually } from '../../support/eventually';
import { readTable } from '../../support/read-table';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { startInN8n, type StartedTrigger } from './trigger-world';

const FIELDS = {
	data: 'fields',
	fields: {
		values: [
			{ name: 'id', path: 'id' },
			{ name: 'n', path: 'n' },
		],
	},
};

describe('a Trigger that loads a table', () => {
	let n8n: N8nFolder;
	let running: StartedTrigger | undefined;

	beforeEach(async () => (n8n = await n8nFolder()));
	afterEach(async () => {
		await running?.close();
		running = undefined;
		await n8n.close();
	});

	const start = async (more: object = {}, credentials: object = {}): Promise<void> => {
		running = await startInN8n({
			credentials: credentials as never,
			parameters: {
				...{ startOn: 'workflowItems', flushCount: 2, then: 'table', table: 'orders' },
				...FIELDS,
				...more,
			},
		});
	};
	const add = (...bodies: object[]) =>
		n8n.pipeline.add(
			'items:wf:node-a/events',
			bodies.map((body) => createEvent({ body })),
		);
	const counters = async () =>
		(await n8n.pipeline.store.counters()).find(
			({ exportId }) => exportId === 'items:wf:node-a/events',
		);

	const rows = (): unknown[] =>
		readTable(path.join(n8n.folder, '.n8n/sluice/tables.db'), 'SELECT * FROM orders ORDER BY id');

	it('as it says, in order, and starts no execution', async () => {
		await start({
			primaryKey: 'id',
			columnTypes: { values: [{ name: 'n', type: 'number' }] },
			deliveryOptions: { order: 'any', maxInFlight: 9 },
		});
		await add({ id: 'a', n: 1 }, { id: 'b', n: 1 });
		await eventually('they are in the table', () => rows().length === 2);
		await add({ id: 'a', n: 2 }, { id: 'c', n: 3 });
		await eventually('the others are, too', () => rows().length === 3);
		assert.deepEqual(rows(), [
			{ id: 'a', n: 2 },
			{ id: 'b', n: 1 },
			{ id: 'c', n: 3 },
		]);
		const known = (await n8n.pipeline.store.listExports()).find(({ id }) => id === 'events');
		assert.deepEqual([known?.order, known?.maxInFlight], ['strict', 1]);
		assert.deepEqual(running?.emitted, []);
	});

	it('pauses the buffer with all of its rows where the table is not as it should be', async () => {
		await start();
		await add({ id: 'a', n: 1 }, { id: 'b', n: 1 });
		await eventually('they are in the table', () => rows().length === 2);
		await running?.close();
		const fields = { values: [{ name: 'id', path: 'id' }] };
		await start({ fields });
		await add({ id: 'c' }, { id: 'd' });
		await eventually('it is paused', async () => (await counters())?.state === 'PAUSED');
		assert.deepEqual([rows().length, (await counters())?.openRows], [2, 2]);
	});

	const wrong: [what: string, more: object, message: RegExp][] = [
		['whole events', { data: 'event' }, /^data: expected fields or columns: a table needs them/],
		['no table', { table: '' }, /^table: expected a name/],
		[
			'a key that is no column',
			{ primaryKey: 'x' },
			/^primaryKey: expected columns of the mapping/,
		],
		['a file that is not ours', { databaseFile: '../database.sqlite' }, /^databaseFile: /],
		[
			'an option out of its bounds',
			{ tableOptions: { timeoutSeconds: 0 } },
			/^tableOptions\.timeoutSeconds: /,
		],
		['no credential', { database: 'postgres' }, /a Postgres credential to be chosen/],
	];
	for (const [what, more, message] of wrong) {
		it(`does not start with ${what}, and what was in the buffer waits`, async () => {
			await start();
			await add({ id: 'a', n: 1 });
			await running?.close();
			running = undefined;
			await assert.rejects(start(more), { message });
			assert.equal((await counters())?.rows, 1);
		});
	}

	it('offers no order by which an older row could take the place of a newer one', () => {
		const { options = [] } =
			singleBufferParameters.find(
				({ name, displayOptions }) =>
					name === 'deliveryOptions' && displayOptions?.show?.['then']?.includes('table'),
			) ?? {};
		const offered = options as INodeProperties[];
		const order = offered.find(({ name }) => name === 'order')?.options ?? [];
		assert.deepEqual(
			order.map((one) => 'value' in one && one.value),
			['key', 'strict'],
		);
		assert.equal(
			offered.some(({ name }) => /maxInFlight|liveFirst/.test(name)),
			false,
		);
	});

	it('says of several buffers which one is wrong', async () => {
		const buffers = {
			values: [{ name: 'a', then: 'table', table: 't', ...FIELDS, primaryKey: 'x' }],
		};
		await assert.rejects(start({ severalBuffers: true, buffers }), {
			message: /^buffers\[0\]\.primaryKey: /,
		});
	});

	it('refuses a tunnel', async () => {
		const postgres = {
			host: 'h',
			port: 1,
			database: 'd',
			user: 'u',
			password: 'p',
			sshTunnel: true,
		};
		await assert.rejects(start({ database: 'postgres' }, { postgres }), {
			message: /^credentials\.postgres\.sshTunnel: /,
		});
	});
});
