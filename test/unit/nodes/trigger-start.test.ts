import assert from 'node:assert/strict';
import { ManualExecutionCancelledError, type IRun, type IWorkflowSettings } from 'n8n-workflow';
import { createEvent, type AttemptReport } from '../../../core/index';
import { heldStores } from '../../../core/pipeline/hold-pipeline';
import { eventually } from '../../support/eventually';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { startInN8n, type Emitted, type StartedTrigger } from './trigger-world';

const EXPORT = 'items:wf:node-a/events';

interface World extends StartedTrigger {
	readonly attempts: AttemptReport[];
	add(): Promise<void>;
	rows(): Promise<number>;
}

describe('a Trigger that runs in n8n', () => {
	let n8n: N8nFolder;
	let world: World | undefined;
	beforeEach(async () => (n8n = await n8nFolder()));
	afterEach(async () => {
		await world?.close();
		world = undefined;
		await n8n.close();
	});

	async function start(
		o: {
			parameters?: object;
			followers?: { disabled: boolean }[];
			settings?: IWorkflowSettings;
		} = {},
	): Promise<World> {
		const attempts: AttemptReport[] = [];
		const unsubscribe = n8n.pipeline.subscribe((notice) => {
			if (notice.kind === 'attempt') attempts.push(notice);
		});
		const running = await startInN8n({
			...o,
			parameters: { startOn: 'workflowItems', flushCount: 1, flushSeconds: 1, ...o.parameters },
		});
		return {
			...running,
			attempts,
			add: () => n8n.pipeline.add(EXPORT, [createEvent({ body: { n: 1 } })]),
			async rows() {
				const all = await n8n.pipeline.store.counters();
				const one = all.find(({ exportId }) => exportId === EXPORT);
				return one ? one.rows + one.openRows : 0;
			},
			async close() {
				unsubscribe();
				await running.close();
			},
		};
	}

	const first = async (): Promise<Required<Emitted>> => {
		const [one] = await eventually(
			'an execution',
			() => world!.emitted.length > 0 && world!.emitted,
		);
		return one as Required<Emitted>;
	};

	it('is done with a batch when its execution has ended well', async () => {
		world = await start();
		await world.add();
		const { done, outputs } = await first();
		assert.deepEqual(outputs, [[{ json: { n: 1 } }]]);
		done.resolve({ status: 'success' } as IRun);
		await eventually('it is done', async () => (await world!.rows()) === 0);
	});

	it('gives its store back when it ends, so that another process can have it', async () => {
		const one = await start();
		await one.close();
		await n8n.close();
		const mine = heldStores().filter((store) => JSON.stringify(store).includes(n8n.folder));
		assert.deepEqual(mine, []);
	});

	it('says that an execution was stopped by hand, and brings its batch again', async () => {
		world = await start({ parameters: { deliveryOptions: { retry: 'list', retryDelays: '1s' } } });
		await world.add();
		(await first()).done.reject(new ManualExecutionCancelledError('7'));
		await eventually('the attempt', () => world!.attempts.length > 0);
		assert.match(world.attempts[0]?.error?.message ?? '', /stopped by hand/);
		await eventually('the second execution', () => world!.emitted.length > 1);
	});

	it('says once that what fails after a wait is not retried', async () => {
		world = await start();
		for (const n of [0, 1]) {
			await world.add();
			await eventually('an execution', () => world!.emitted.length > n);
			world.emitted[n]?.done?.resolve({ status: 'waiting' } as IRun);
			await eventually('it is done', async () => (await world!.rows()) === 0);
		}
		assert.equal(world.warnings.filter((line) => /not retried/.test(line)).length, 1);
	});

	const none: IWorkflowSettings = { saveDataSuccessExecution: 'none' };
	const kept: [name: string, followers: { disabled: boolean }[]][] = [
		['no node', []],
		['disabled nodes only', [{ disabled: true }, { disabled: true }]],
	];
	for (const [name, followers] of kept) {
		it(`keeps its rows where ${name} follows and n8n keeps no executions, and says so`, async () => {
			world = await start({ followers, settings: none });
			await world.add();
			assert.equal(world.failed.length, 1);
			assert.match(world.failed[0] ?? '', /stay in the buffer until an enabled node follows/);
			// The store does one thing after the other: a claim would have been before these.
			for (let turn = 0; turn < 3; turn++) await n8n.pipeline.store.counters();
			assert.deepEqual(world.emitted, []);
			assert.equal((await n8n.pipeline.store.peek(EXPORT)).length, 1);
		});
	}

	it('reads the setting of n8n where the workflow has none', async () => {
		process.env['EXECUTIONS_DATA_SAVE_ON_SUCCESS'] = 'none';
		try {
			world = await start({ followers: [] });
			assert.equal(world.failed.length, 1);
		} finally {
			delete process.env['EXECUTIONS_DATA_SAVE_ON_SUCCESS'];
		}
	});

	const goes: [name: string, followers: { disabled: boolean }[], settings: IWorkflowSettings][] = [
		['nothing follows, and n8n keeps the execution with its data', [], {}],
		['one of several is enabled', [{ disabled: true }, { disabled: false }], none],
	];
	for (const [name, followers, settings] of goes) {
		it(`starts executions where ${name}`, async () => {
			world = await start({ followers, settings });
			await world.add();
			await first();
			assert.deepEqual(world.failed, []);
		});
	}
});
