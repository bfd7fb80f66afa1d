import assert from 'node:assert/strict';
import type { INode, IWebhookFunctions } from 'n8n-workflow';
import { BufferError, type Store } from '../../../core/index';
import { attachAppendOnly, forgetAppendOnly } from '../../../nodes/SluiceTrigger/append-only';
import { readConfiguration } from '../../../nodes/SluiceTrigger/configuration';
import { settled } from '../../support/fake-clock';
import {
	aPush,
	HOLDER,
	pipelineWorld,
	RecordingSink,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const RECEIVER = 'wf:trigger';
const COLUMN = { name: 'n', type: 'path', path: 'n' };

/** What n8n hands to `webhook()`: the node as it is published now. */
function webhookOf(parameters: Record<string, unknown> = {}, secret = 's1'): IWebhookFunctions {
	const all: Record<string, unknown> = {
		authentication: 'none',
		bufferName: 'events',
		flushCount: 2,
		flushSeconds: 10,
		data: 'event',
		then: 'flow',
		...parameters,
	};
	const node: Partial<INode> = {
		id: 'trigger',
		name: 'Sluice Trigger',
		credentials: { sluiceSignatureApi: { id: '1', name: 'c' } },
	};
	return {
		getNode: () => node,
		getWorkflow: () => ({ id: 'wf', name: 'workflow', active: true }),
		getNodeParameter: (name: string, fallback: unknown) => all[name] ?? fallback,
		getCredentials: async () => ({ secret }),
	} as unknown as IWebhookFunctions;
}

describe('attachAppendOnly: a process in which no trigger runs', () => {
	let world: PipelineWorld;
	beforeEach(async () => (world = await pipelineWorld()));
	afterEach(() => world.close());

	const push = async (context: IWebhookFunctions, body: object = { n: 1 }): Promise<number> => {
		await attachAppendOnly(context, world.pipeline, RECEIVER);
		const request = aPush({ body: Buffer.from(JSON.stringify(body)) });
		return (await world.pipeline.accept(RECEIVER, request)).status;
	};
	const records = async (name = 'events'): Promise<unknown[]> =>
		(await world.store.peek(`${RECEIVER}/${name}`)).map(
			({ payload }) => JSON.parse(Buffer.from(payload).toString()) as unknown,
		);
	const columns = (...names: string[]) => ({
		data: 'columns',
		columns: { values: names.map((name) => ({ ...COLUMN, name })) },
	});

	it('stores pushes and delivers none', async () => {
		for (let n = 0; n < 3; n++) assert.equal(await push(webhookOf()), 200);
		await world.clock.advance(60_000);
		const [counters] = await world.store.counters();
		assert.deepEqual([counters?.rows, counters?.openBatches], [3, 0]);
	});

	it('maps by the columns that are published now', async () => {
		await push(webhookOf(columns('a')));
		await push(webhookOf(columns('a', 'b')));
		assert.deepEqual(await records(), [{ a: 1 }, { a: 1, b: 1 }]);
	});

	it('fills a buffer that was added', async () => {
		const buffer = { flushCount: 2, flushSeconds: 10, data: 'event', then: 'flow' };
		const several = (...names: string[]) => ({
			severalBuffers: true,
			buffers: { values: names.map((name) => ({ ...buffer, name })) },
		});
		await push(webhookOf(several('one')));
		await push(webhookOf(several('one', 'two')));
		const rows = (await world.store.counters()).map((one) => [one.exportId, one.rows]);
		assert.deepEqual(rows, [
			[`${RECEIVER}/one`, 2],
			[`${RECEIVER}/two`, 1],
		]);
	});

	it('asks for the secret that the credential has now', async () => {
		const signed = { authentication: 'body-jwt' };
		const before = JSON.stringify((await readConfiguration(webhookOf(signed))).receiver.auth);
		assert.equal(await push(webhookOf(signed)), 401);
		assert.match(before, /s1/);
		const attach = world.pipeline.attachReceiver;
		let auth = '';
		world.pipeline.attachReceiver = (config, ...rest) => {
			auth = JSON.stringify(config.auth);
			return attach(config, ...rest);
		};
		await push(webhookOf(signed, 's2'));
		assert.match(auth, /s2/);
		auth = '';
		await push(webhookOf(signed, 's2'));
		assert.equal(auth, '', 'the same configuration is not attached again');
	});

	it('tries again after the store failed', async () => {
		const { store } = world as { store: { putExport: Store['putExport'] } };
		const { putExport } = store;
		store.putExport = () =>
			Promise.reject(new BufferError('ERR_STORE_UNAVAILABLE', 'the database is away'));
		await assert.rejects(push(webhookOf()), { code: 'ERR_STORE_UNAVAILABLE' });
		store.putExport = putExport;
		assert.equal(await push(webhookOf()), 200);
	});

	it('leaves the receiver of a running trigger alone, and gives way to one', async () => {
		const sink = new RecordingSink();
		assert.equal(await push(webhookOf()), 200);
		const { receiver, buffers } = await readConfiguration(webhookOf());
		forgetAppendOnly(world.pipeline, RECEIVER);
		const holder = { ...HOLDER, key: 'wf:trigger' };
		const exports = buffers.map(({ config }) => ({ config, ports: { sink } }));
		const running = world.pipeline.attachReceiver(receiver, exports, holder);
		await running.ready;
		assert.equal(await push(webhookOf(columns('other'))), 200);
		await settled();
		await running.detach({ gone: true });
		assert.deepEqual(
			sink.batches.map(({ records: rows }) => rows.length),
			[2],
		);
		assert.equal(await push(webhookOf()), 200, 'after the trigger: stored again');
	});
});
