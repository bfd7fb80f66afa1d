import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createEvent } from '../../../core/event/create-event';
import { resume } from '../../../core/operate/verbs/states';
import { eventually } from '../../support/eventually';
import {
	anExportInput,
	HOLDER,
	type PipelineWorld,
	pipelineWorld,
} from '../../support/pipeline-fixtures';

const ID = 'items:n1/main';

describe('an export that loads a table', () => {
	let world: PipelineWorld;
	let directory: string;
	let file: string;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-table-'));
		file = join(directory, 'target.db');
		world = await pipelineWorld();
		const config = anExportInput({
			receiverId: 'items:n1',
			columns: [{ type: 'path', name: 'n', path: 'n', primaryKey: true }],
			conditions: { count: 1, time: '10s', size: '1MB' },
			order: 'strict',
		});
		const sink = { kind: 'table', database: 'local', table: 'events' } as const;
		const ports = { databases: () => ({ kind: 'sqlite', file }) as const };
		await world.pipeline.attachExport({ config, sink, ports }, HOLDER).ready;
	});
	afterEach(async () => {
		await world.close();
		await rm(directory, { recursive: true, force: true });
	});

	const add = (n: number) => world.pipeline.add(ID, [createEvent({ body: { n } })]);
	const counters = async () =>
		(await world.store.counters()).find(({ exportId }) => exportId === ID);
	const on = <T>(work: (database: DatabaseSync) => T): T => {
		const database = new DatabaseSync(file);
		try {
			return work(database);
		} finally {
			database.close();
		}
	};

	it('is paused with its rows when the table was changed, and loads them when it was mended and resumed', async () => {
		await add(1);
		await eventually('the first row is loaded', async () => (await counters())?.ackedTotal === 1);
		on((database) => database.exec('ALTER TABLE events RENAME COLUMN n TO m'));
		await add(2);
		await eventually('it is paused', async () => (await counters())?.state === 'PAUSED');
		await add(3);
		const kept = await counters();
		assert.deepEqual([kept?.ackedTotal, kept?.deadRows], [1, 0]);
		assert.match(String(kept?.lastFailure?.message), /expected \["n"\], found \["m"\]/);

		on((database) => database.exec('ALTER TABLE events RENAME COLUMN m TO n'));
		await resume({ store: world.store, claimDue: () => world.pipeline.claimDue() }, ID);
		await eventually('all of it is loaded', async () => {
			await world.clock.advance(10_000);
			return (await counters())?.ackedTotal === 3;
		});
		const rows = on((database) => database.prepare('SELECT n FROM events ORDER BY n').all());
		assert.deepEqual(
			rows.map(({ n }) => n),
			['1', '2', '3'],
		);
	});
});
