import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { readDefinition } from '../../core/definitions/read-definition';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { attachStored } from '../../core/pipeline/stored-definitions';
import { usePostgres } from '../support/postgres';
import { aPush } from '../support/pipeline-fixtures';
import { startChild } from './child';
import type { DefinerOptions } from './definer';

const COUNTS = 15;

function startDefiner(options: DefinerOptions) {
	return startChild('definer.ts', [JSON.stringify(options)]);
}

describe('a process that is killed between the put of a definition and its attachment', () => {
	it('is gone on with by the next start, which attaches by the definition', async () => {
		const directory = await mkdtemp(path.join(tmpdir(), 'sluice-definer-'));
		const options: StoreOptions = { kind: 'sqlite', directory };
		const child = startDefiner({ store: options, task: { kind: 'dies' } });
		await child.waitFor('put');
		child.process.kill('SIGKILL');
		await child.ended;
		const store = await openStore(options);
		// The store has never heard of the export.
		assert.equal(await store.getExport('r1/main'), undefined);
		const pipeline = await openPipeline({ store });
		const api = await attachStored({
			pipeline,
			holder: { key: 'api', label: 'api' },
			report: ({ error }) => assert.fail(error),
		});
		assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		assert.equal((await store.peek('r1/main')).length, 1);
		await api.close();
		await pipeline.close();
		await store.close();
		await rm(directory, { recursive: true });
	});
});

describe('two processes that change one definition in PostgreSQL', () => {
	const database = usePostgres();

	it('lose no change: of those that saw the same revision one is first', async () => {
		const { connectionString } = database;
		const options: StoreOptions = {
			kind: 'postgres',
			connectionString,
			schema: database.newSchema(),
		};
		const task = { kind: 'counts', times: COUNTS } as const;
		const children = [1, 2].map(() => startDefiner({ store: options, task }));
		await Promise.all(children.map((child) => child.waitFor('done')));
		await Promise.all(children.map((child) => child.ended));
		const store = await openStore(options);
		const read = await readDefinition(store.documents, 'receiver', 'r1');
		await store.close();
		assert.equal(read?.definition.config.maxBodyBytes, 2 * COUNTS);
	});
});
