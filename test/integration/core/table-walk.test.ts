/** The walk from a push to rows in `docs/tables.md`, as it is printed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Column } from '../../../core/mapping/column';
import { eventually } from '../../support/eventually';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	type PipelineWorld,
	pipelineWorld,
} from '../../support/pipeline-fixtures';
import { readTable } from '../../support/read-table';

const PAGE = readFileSync(new URL('../../../docs/tables.md', import.meta.url), 'utf8');
const [, WALK = ''] = PAGE.split('## From a push to rows');
const [event, columns] = Array.from(WALK.matchAll(/```json\n([^]*?)```/g), ([, text = '']) =>
	JSON.parse(text),
) as [unknown, Column[]];
const ROW = Object.fromEntries(
	Array.from(
		WALK.split('\n## ')[0]?.matchAll(/^\| (\w+) \| (.*) \|$/gm) ?? [],
		([, name = '', value = '']) => [name, value],
	).filter(([name]) => name !== 'Column'),
);

describe('the walk from a push to rows', () => {
	let world: PipelineWorld;
	let directory: string;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-walk-'));
		world = await pipelineWorld(Date.parse('2026-01-14T08:04:05.123Z'));
		const ports = {
			databases: () => ({ kind: 'sqlite', file: join(directory, 't.db') }) as const,
		};
		const config = anExportInput({
			id: 'readings',
			columns,
			conditions: { count: 1, time: '10s', size: '1MB' },
			order: 'strict',
		});
		const sink = { kind: 'table', database: 'local', table: 'in.c-main.readings' } as const;
		await world.pipeline.attachReceiver({ id: 'r1', auth: OPEN }, [{ config, sink, ports }], HOLDER)
			.ready;
	});
	afterEach(async () => {
		await world.close();
		await rm(directory, { recursive: true, force: true });
	});

	const push = (body: unknown) =>
		world.pipeline.accept('r1', aPush({ body: Buffer.from(JSON.stringify(body)) }));
	const rows = () => readTable(join(directory, 't.db'), 'SELECT * FROM "in.c-main.readings"');

	it('loads the row that the page shows', async () => {
		assert.equal((await push(event)).status, 200);
		await eventually('the row is loaded', () => rows().length === 1);
		assert.deepEqual(rows(), [ROW]);
	});

	it('refuses an event without what a template asks for, says so, and loads nothing of it', async () => {
		const { status, body } = await push({ device: { name: 'Boiler room' } });
		assert.equal(status, 400);
		assert.match(String(body), /path \\"temperature\\" not found in the body/);
		assert.deepEqual(
			(await world.store.counters()).map(({ acceptedTotal }) => acceptedTotal),
			[0],
		);
	});
});
