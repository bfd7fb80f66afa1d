import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { closeIdlePipelines } from '../../../core/pipeline/hold-pipeline';
import { createEvent, holdPipeline } from '../../../core/index';
import { warnOfFormerStores } from '../../../nodes/SluiceTrigger/former-stores';
import { defaultDirectory, n8nFolder as folderOf, storeOf } from '../../../nodes/shared/store';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { triggerContext } from './trigger-context';

const KEY = 'wf:node-a';

describe('a Trigger whose store was changed', () => {
	let n8n: N8nFolder;
	let warnings: string[];
	let failed: string[];
	let memory: Record<string, unknown>;

	beforeEach(async () => {
		n8n = await n8nFolder();
		memory = {};
	});
	afterEach(() => n8n.close());

	/** Starts with a store; what is said of others. */
	const start = async (directory?: string): Promise<void> => {
		warnings = [];
		failed = [];
		const context = triggerContext({
			...(directory
				? {
						parameters: { store: 'credential' },
						credentials: { sluiceStoreApi: { kind: 'directory', directory } },
					}
				: {}),
			more: {
				getWorkflowStaticData: () => memory,
				saveFailedExecution: (error: Error) => failed.push(error.message),
				logger: { debug() {}, info() {}, warn: (line: string) => warnings.push(line), error() {} },
			},
		});
		await warnOfFormerStores(context, await storeOf(context), KEY);
		// What n8n has saved.
		memory = JSON.parse(JSON.stringify(memory)) as typeof memory;
	};
	const isSaid = (text: RegExp): void => {
		assert.equal(warnings.length, 1, warnings.join());
		assert.match(warnings[0] ?? '', text);
		assert.deepEqual(failed, [warnings[0]?.replace('Sluice Trigger: ', '')]);
	};
	const fill = async (directory: string, key = KEY): Promise<void> => {
		const hold = await holdPipeline({ store: { kind: 'sqlite', directory } });
		const config = {
			id: 'events',
			receiverId: `items:${key}`,
			conditions: { count: 100, time: '1h', size: '5MB' },
		};
		const attachment = hold.pipeline.attachExport({ config }, { key, label: key });
		await attachment.ready;
		await hold.pipeline.add(`items:${key}/events`, [createEvent({ body: { n: 1 } })]);
		await attachment.detach();
		hold.release();
	};
	const other = (): string => path.join(folderOf(), 'other');

	it('says how many rows are left in the default store, where n8n shows it and in the log', async () => {
		await fill(defaultDirectory());
		await start(other());
		isSaid(
			/left in its former store .*default, from which nothing delivers them: 1 waiting, 0 in dead/,
		);
	});

	it('says it of a directory that it used before, after a restart too, until it is empty', async () => {
		await start(other());
		assert.deepEqual([warnings, failed], [[], []]);
		await fill(other());
		for (let boot = 0; boot < 2; boot++) {
			await closeIdlePipelines();
			await start();
			isSaid(/former store .*other/);
		}
		const hold = await holdPipeline({ store: { kind: 'sqlite', directory: other() } });
		await hold.pipeline.store.purge({ exportId: `items:${KEY}/events`, what: 'all' });
		hold.release();
		await start();
		await start();
		assert.deepEqual([warnings, failed], [[], []]);
		assert.deepEqual(memory['directories'], [defaultDirectory()]);
	});

	it('looks into stores that are still open here, also where it does not remember them', async () => {
		await fill(other());
		await start();
		isSaid(/former store .*other/);
	});

	it('says nothing of rows of other Triggers, and of folders without a store', async () => {
		await fill(defaultDirectory(), 'wf:node-ab');
		await start(other());
		assert.deepEqual([warnings, failed], [[], []]);
		await mkdir(other(), { recursive: true });
		await start();
		assert.deepEqual(warnings, []);
		await rm(other(), { recursive: true });
	});

	it('names PostgreSQL once when it is left for a directory, since it cannot be read any more', async () => {
		memory = { postgresSchema: 'sluice' };
		await start();
		isSaid(/in PostgreSQL, schema "sluice", until now/);
		await start();
		assert.deepEqual(warnings, []);
	});
});
