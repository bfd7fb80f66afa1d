import assert from 'node:assert/strict';
import { NodeOperationError } from 'n8n-workflow';
import { eventually } from '../../support/eventually';
import { execute, refusal, unwritable, type ContextInput } from './sluice-context';
import { n8nFolder, type N8nFolder } from './sluice-store';

const add = (buffer: string, more: Partial<ContextInput> = {}) =>
	execute({ resource: 'buffer', operation: 'add', parameters: { buffer }, ...more });

describe('Sluice, deliver: add to buffer', () => {
	let n8n: N8nFolder;
	beforeEach(async () => (n8n = await n8nFolder()));
	afterEach(() => n8n.close());

	const waiting = async (exportId: string): Promise<number | undefined> =>
		(await n8n.pipeline.store.counters()).find((one) => one.exportId === exportId)?.rows;

	it('keeps all items on disk before they leave, and gives back what the Trigger delivers', async () => {
		const { sink } = await n8n.publish('wf1:t1', 'readings');
		const output = await add('readings', { items: [{ json: { a: 1 } }, { json: { a: 2 } }] });
		assert.equal(await waiting('items:wf1:t1/readings'), 2);
		for (const [index, one] of output.entries()) {
			const { eventId, ...json } = one.json;
			assert.deepEqual(json, { added: true, buffer: 'wf1:t1/readings' });
			assert.match(String(eventId), /^[0-9a-f-]{36}$/);
			assert.deepEqual(one.pairedItem, { item: index });
		}
		n8n.pipeline.flush('items:wf1:t1/readings');
		const [batch] = await eventually('a batch', () => sink.batches.length > 0 && sink.batches);
		assert.deepEqual(batch?.records, [{ a: 1 }, { a: 2 }]);
	});

	it('takes the name for each item, and full names', async () => {
		await n8n.publish('wf1:t1', 'a');
		await n8n.publish('wf1:t1', 'b');
		const output = await add('', {
			expressions: { buffer: (index) => ['a', 'wf1:t1/b', 'items:wf1:t1/a'][index] },
			items: [{ json: { n: 0 } }, { json: { n: 1 } }, { json: { n: 2 } }],
		});
		assert.deepEqual(
			output.map(({ json, pairedItem }) => [json['buffer'], pairedItem]),
			[
				['wf1:t1/a', { item: 0 }],
				['wf1:t1/b', { item: 1 }],
				['wf1:t1/a', { item: 2 }],
			],
		);
		assert.equal(await waiting('items:wf1:t1/a'), 2);
		assert.equal(await waiting('items:wf1:t1/b'), 1);
	});

	it('names the fix where no Trigger ever defined the buffer', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await assert.rejects(add('reading'), (error: unknown) => {
			assert.ok(error instanceof NodeOperationError);
			assert.equal(error.message, 'there is no buffer "reading"');
			assert.match(
				String(error.description),
				/^Define it in a Sluice Trigger on Items Added by Workflows, and publish that workflow\. There are: wf1:t1\/readings\. \(ERR_EXPORT_UNKNOWN\)$/,
			);
			assert.equal(error.context['itemIndex'], 0);
			return true;
		});
	});

	it('does not add to a buffer that pushed events fill', async () => {
		await n8n.publish('wf1:t1', 'events', { pushed: true });
		await assert.rejects(add('events'), /is filled by pushed events, not by workflows/);
	});

	it('lists the buffers that a name may mean', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await n8n.publish('wf2:t1', 'readings');
		await assert.rejects(add('readings'), (error: unknown) => {
			assert.ok(error instanceof NodeOperationError);
			assert.equal(error.message, '2 buffers are called "readings"');
			assert.match(String(error.description), /wf1:t1\/readings, wf2:t1\/readings/);
			return true;
		});
		assert.equal((await add('wf2:t1/readings')).length, 1);
	});

	it('adds nothing where one of the buffers is unknown and the node stops on errors', async () => {
		await n8n.publish('wf1:t1', 'a');
		const expressions = { buffer: (index: number) => ['a', 'none'][index] };
		const items = [{ json: {} }, { json: {} }];
		await assert.rejects(add('', { expressions, items }), /no buffer "none"/);
		assert.equal(await waiting('items:wf1:t1/a'), 0);
		const output = await add('', { expressions, items, continueOnFail: true });
		assert.equal(output[0]?.json['added'], true);
		assert.equal(refusal(output[1]).code, 'ERR_EXPORT_UNKNOWN');
	});

	it('adds all items of a buffer or none, and says which item is at fault', async () => {
		await n8n.publish('wf1:t1', 'mapped', {
			columns: [{ type: 'path', name: 'a', path: 'a' }],
			output: 'record',
		});
		const items = [{ json: { a: 1 } }, { json: { b: 1 } }, { json: { a: 3 } }];
		await assert.rejects(add('mapped', { items }), (error: unknown) => {
			assert.ok(error instanceof NodeOperationError);
			assert.equal(error.context['itemIndex'], 1);
			return true;
		});
		assert.equal(await waiting('items:wf1:t1/mapped'), 0);
		const output = await add('mapped', { items, continueOnFail: true });
		assert.deepEqual(
			output.map(({ pairedItem }) => pairedItem),
			[{ item: 0 }, { item: 1 }, { item: 2 }],
		);
		assert.match(String(output[0]?.json['error']), /not added, since item 1 cannot be mapped/);
		assert.match(String(output[1]?.json['error']), /path/i);
		assert.equal(await waiting('items:wf1:t1/mapped'), 0);
	});

	it('keeps items for an inactive workflow, says so, and the workflow gets them once it is active', async () => {
		const columns = [{ type: 'path', name: 'a', path: 'a' } as const];
		const { unpublish } = await n8n.publish('wf1:t1', 'readings', { columns, output: 'record' });
		await unpublish();
		const [one] = await add('readings', { items: [{ json: { a: 1 } }] });
		assert.equal(one?.json['added'], true);
		assert.match(String(one?.json['note']), /not active here\. The items are kept/);
		assert.equal(await waiting('items:wf1:t1/readings'), 1);
		await assert.rejects(add('readings', { items: [{ json: { b: 1 } }] }), NodeOperationError);

		const { sink } = await n8n.publish('wf1:t1', 'readings', { columns, output: 'record' });
		n8n.pipeline.flush('items:wf1:t1/readings');
		const [batch] = await eventually('a batch', () => sink.batches.length > 0 && sink.batches);
		assert.deepEqual(batch?.records, [{ a: 1 }]);
	});

	it('keeps what cannot be mapped as a dead letter where the buffer says so, active or not', async () => {
		const o = {
			columns: [{ type: 'path', name: 'a', path: 'a' } as const],
			output: 'record' as const,
			onMappingError: 'dead' as const,
		};
		const { unpublish } = await n8n.publish('wf1:t1', 'kept', o);
		await add('kept', { items: [{ json: { b: 1 } }] });
		await unpublish();
		await add('kept', { items: [{ json: { b: 2 } }] });
		assert.equal((await n8n.pipeline.store.deadLetters()).length, 2);
	});

	it('says that files are not kept', async () => {
		await n8n.publish('wf1:t1', 'readings');
		const binary = { file: { data: '', mimeType: 'text/plain' } };
		const [one] = await add('readings', { items: [{ json: { a: 1 }, binary }] });
		assert.match(String(one?.json['note']), /Files of the item are not kept/);
	});

	for (const [name, json] of unwritable()) {
		it(`refuses an item that cannot be written (${name}) alone; where the node stops, none is added`, async () => {
			const { sink } = await n8n.publish('wf1:t1', 'readings');
			const items = [{ json: { n: 1 } }, { json }, { json: { n: 3 } }];
			await assert.rejects(add('readings', { items }), (error: NodeOperationError) => {
				assert.equal(error.context['itemIndex'], 1);
				return true;
			});
			assert.equal(await waiting('items:wf1:t1/readings'), 0);
			const output = await add('readings', { items, continueOnFail: true });
			assert.deepEqual(
				output.map((one) => [one.json['added'] ?? false, 'error' in one.json]),
				[
					[true, false],
					[false, true],
					[true, false],
				],
			);
			n8n.pipeline.flush('items:wf1:t1/readings');
			const [batch] = await eventually('a batch', () => sink.batches.length > 0 && sink.batches);
			assert.deepEqual(batch?.records, [{ n: 1 }, { n: 3 }]);
		});
	}

	it('takes the directory of the credential', async () => {
		await n8n.publish('wf1:t1', 'readings');
		await assert.rejects(
			add('readings', {
				parameters: { buffer: 'readings', store: 'credential' },
				credentials: { sluiceStoreApi: { directory: 'sluice/other' } },
			}),
			/no buffer "readings"/,
		);
	});

	it('refuses the embedded store in queue mode, for each item', async () => {
		process.env['EXECUTIONS_MODE'] = 'queue';
		try {
			await assert.rejects(add('readings'), /queue mode/);
			const output = await add('readings', {
				items: [{ json: {} }, { json: {} }],
				continueOnFail: true,
			});
			assert.deepEqual(
				output.map((one) => refusal(one).code),
				['ERR_CONFIG_INVALID', 'ERR_CONFIG_INVALID'],
			);
		} finally {
			delete process.env['EXECUTIONS_MODE'];
		}
	});
});
