import assert from 'node:assert/strict';
import type { Batch, Outcome } from '../../core/buffer/store';
import { createSink } from '../../core/sink/create-sink';
import type { Sink } from '../../core/sink/sink';
import type { TableConfig } from '../../core/sink/table/table-config';
import type { TableDatabaseConfig } from '../../core/sink/table/open-database';
import { tableDdl } from '../../core/sink/table/table-ddl';
import { fakeAttempt } from '../support/fake-attempt';
import { fakeBatch } from '../support/fake-batch';

/** A database, and somebody else who is connected to it. */
export interface TableFixture {
	readonly database: TableDatabaseConfig;
	/** The place of all its tables, as a name begins with it: `in.c-main.`. */
	readonly schema: string;
	query(sql: string): Promise<Record<string, unknown>[]>;
	/** A table's name as a part of a statement. */
	quoted(table: string): string;
	/** The same of what stands there by itself, such as a table of a store. */
	beside(table: string): string;
	/** Holds the table against all others until it is called. */
	lock(table: string): Promise<() => Promise<void>>;
	close(): Promise<void>;
}

type Cell = string | null;
type Config = Partial<Omit<TableConfig, 'database'>>;

const ID = { type: 'path', name: 'id', primaryKey: true } as const;
const TEXT = { type: 'path', name: 'text' } as const;
const KEYED = [ID, TEXT];
let batches = 0;

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function batchOf(
	rows: readonly (readonly Cell[])[],
	columns: Batch['columns'] = KEYED,
	deleted: readonly number[] = [],
): Batch {
	const batch = fakeBatch({
		payloads: rows.map(encode),
		output: 'cells',
		...(columns ? { columns } : {}),
		idempotencyKey: `store/r/e/${++batches}-random`,
	});
	if (deleted.length === 0) return batch;
	return {
		...batch,
		async *rows() {
			let position = 0;
			for await (const slice of batch.rows())
				yield slice.map((row) =>
					deleted.includes(position++) ? { ...row, operation: 'delete' as const } : row,
				);
		},
	};
}

/** What every database owes to the exports that load into it. */
export function tableSuite(name: string, start: () => Promise<TableFixture>): void {
	describe(`tables in ${name}`, function () {
		this.slow(2_000);
		let fixture: TableFixture;
		let sinks: Sink[];

		beforeEach(async () => {
			fixture = await start();
			sinks = [];
		});
		afterEach(async () => {
			for (const sink of sinks) await sink.close?.();
			await fixture.close();
		});

		const sinkOf = (config: Config = {}, ports: Parameters<typeof createSink>[1] = {}): Sink => {
			const table = `${fixture.schema}events`;
			const sink = createSink(
				{ kind: 'table', database: 'db', table, timeoutMs: 1_000, ...config },
				{ databases: () => fixture.database, ...ports },
			);
			sinks.push(sink);
			return sink;
		};
		const load = (config: Config, batch: Batch): Promise<Outcome> =>
			sinkOf(config).deliver(batch, fakeAttempt());
		const loaded = async (config: Config, batch: Batch): Promise<void> =>
			assert.deepEqual(await load(config, batch), { kind: 'ack' });
		const rowsOf = async (table = 'events', order = '1'): Promise<unknown[][]> => {
			const found = await fixture.query(`SELECT * FROM ${fixture.quoted(table)} ORDER BY ${order}`);
			return found.map((row) => Object.values(row));
		};
		const change = async (sql: string): Promise<void> => {
			await fixture.query(sql.replaceAll('@events', fixture.quoted('events')));
		};
		const paused = async (config: Config, message: RegExp, batch = batchOf([['9', 'x']])) => {
			const outcome = await load(config, batch);
			assert(outcome.kind === 'retry', outcome.kind);
			assert.equal(outcome.pause, true);
			assert.equal(outcome.error.code, 'ERR_TABLE_MISMATCH');
			assert.match(outcome.error.message, message);
		};

		it('creates the table that is missing, by the statement that can be looked at before', async () => {
			const columns = [TEXT, { type: 'path', name: 'at' }, ID] as const;
			const types = [
				{ name: 'text', type: 'json' },
				{ name: 'at', type: 'timestamp' },
			] as const;
			const cells = ['{"a": [1.50]}', '2026-01-31T13:00:00.123456+01:00', 'a'];
			await loaded({ columns: types }, batchOf([cells], columns));
			const made = await rowsOf();
			await change('DROP TABLE @events');
			const asked = { table: `${fixture.schema}events`, columns: types };
			await fixture.query(tableDdl(fixture.database.kind, asked, columns));
			await loaded({ columns: types }, batchOf([cells], columns));
			assert.deepEqual(await rowsOf(), made);
			assert.equal(
				new Date(made[0]?.[1] as string).getTime(),
				Date.UTC(2026, 0, 31, 12, 0, 0, 123),
			);
		});

		it('loads a batch once, however often and by whomever it is delivered', async () => {
			const columns = [TEXT];
			const batch = batchOf([['a'], ['b'], ['a']], columns);
			for (let i = 0; i < 3; i++) await loaded({}, batch);
			await Promise.all([loaded({}, batch), loaded({}, batch)]);
			assert.deepEqual(await rowsOf(), [['a'], ['a'], ['b']]);
		});

		it('puts rows in the place of those with their key, the last one of a batch last', async () => {
			await loaded(
				{},
				batchOf([
					['1', 'a'],
					['2', 'b'],
					['1', 'c'],
				]),
			);
			await loaded(
				{},
				batchOf([
					['2', null],
					['3', 'd'],
				]),
			);
			assert.deepEqual(await rowsOf(), [
				['1', 'c'],
				['2', null],
				['3', 'd'],
			]);
		});

		it('has keys of several columns, in an order of their own, and of all columns', async () => {
			const primaryKey = ['text', 'id'];
			await loaded(
				{ primaryKey },
				batchOf([
					['1', 'a'],
					['1', 'b'],
					['1', 'a'],
				]),
			);
			assert.deepEqual(await rowsOf('events', '1, 2'), [
				['1', 'a'],
				['1', 'b'],
			]);
		});

		it('deletes by key what is to be deleted, in the order of the rows', async () => {
			await loaded(
				{},
				batchOf([
					['1', 'a'],
					['2', 'b'],
				]),
			);
			const rows = [
				['1', null],
				['4', 'd'],
				['3', 'c'],
				['3', null],
				['2', null],
				['2', 'new'],
			] as const;
			await loaded({}, batchOf(rows, KEYED, [0, 3, 4]));
			assert.deepEqual(await rowsOf(), [
				['2', 'new'],
				['4', 'd'],
			]);
		});

		it('takes the place of all rows with a full load', async () => {
			await loaded(
				{},
				batchOf([
					['1', 'a'],
					['2', 'b'],
				]),
			);
			await loaded(
				{ load: 'full' },
				batchOf([
					['2', 'c'],
					['2', 'd'],
				]),
			);
			assert.deepEqual(await rowsOf(), [['2', 'd']]);
		});

		it('has the values of each type, and nothing of an empty cell that is no text', async () => {
			const types = ['text', 'number', 'boolean', 'timestamp', 'json'] as const;
			const columns = types.map((name) => ({ type: 'path', name }) as const);
			const config = { columns: types.map((type) => ({ name: type, type })) };
			const full = ['', '-12.5', 'TRUE', '2026-01-31T12:00:00Z', '{"a":"ä"}'];
			await loaded(
				config,
				batchOf([full, ['\\N', '', '', '', ''], types.map(() => null)], columns),
			);
			const found = await fixture.query(
				`SELECT ${types.map((type) => `CAST("${type}" AS TEXT) AS "${type}"`).join(', ')}, ` +
					`"number" + 1 AS plus FROM ${fixture.quoted('events')} ORDER BY "number" IS NULL, "text" IS NULL`,
			);
			const [first, second, third] = found;
			assert.equal(first?.['text'], '');
			assert.equal(Number(first?.['plus']), -11.5);
			assert.match(String(first?.['boolean']), /^(1|true)$/);
			assert.match(String(first?.['timestamp']), /^2026-01-31.12:00:00/);
			assert.deepEqual(JSON.parse(String(first?.['json'])), { a: 'ä' });
			assert.deepEqual(Object.values(second ?? {}), ['\\N', null, null, null, null, null]);
			assert.deepEqual(Object.values(third ?? {}), Array(6).fill(null));
		});

		const bad: readonly [
			type: 'text' | 'number' | 'boolean' | 'timestamp' | 'json',
			cell: string,
		][] = [
			['text', 'a\0b'],
			['text', 'a\ud800'],
			['number', 'hunter2'],
			['number', '1e400'],
			['number', ' 1'],
			['boolean', 'yes'],
			['timestamp', '2026-02-30T12:00:00Z'],
			['timestamp', '2026-01-31T12:00:00'],
			['json', '{"a":hunter2}'],
			['json', '"\\u0000"'],
			['json', '"\\ud800"'],
		];
		for (const [type, cell] of bad) {
			it(`names row and column of a bad ${type}: ${JSON.stringify(cell)}`, async () => {
				const columns = [{ name: 'text', type }] as const;
				const good = { text: 'x', number: '1', boolean: '1', timestamp: '', json: '1' }[type];
				const batch = batchOf([
					['1', good],
					['2', cell],
					['3', good],
				]);
				const outcome = await load({ columns }, batch);
				assert(outcome.kind === 'split', outcome.kind);
				assert.deepEqual([outcome.retry, outcome.dead], [[], [1]]);
				assert.equal(outcome.error.code, 'ERR_COLUMN_VALUE');
				assert.match(outcome.error.message, /^row 2 of r\/e .*column "text"/);
				assert.equal(outcome.error.message.includes('hunter2'), false);
				assert.deepEqual(
					(await rowsOf()).map(([id]) => id),
					['1', '3'],
				);
			});
		}

		it('refuses the whole batch for a bad row, where it is told so', async () => {
			const config = { onBadRow: 'refuse', columns: [{ name: 'text', type: 'number' }] } as const;
			const outcome = await load(
				config,
				batchOf([
					['1', '1'],
					['2', 'x'],
					['3', '1'],
				]),
			);
			assert(outcome.kind === 'dead', outcome.kind);
			assert.match(outcome.error.message, /^row 2 of r\/e .*column "text"/);
			await loaded(config, batchOf([['4', '1']]));
			assert.deepEqual(
				(await rowsOf()).map(([id]) => id),
				['4'],
			);
		});

		it('puts rows aside whose key is empty, and deletions without a key', async () => {
			const outcome = await load(
				{},
				batchOf([
					[null, 'a'],
					['1', 'b'],
				]),
			);
			assert(outcome.kind === 'split' && outcome.dead[0] === 0, outcome.kind);
			const without = await load(
				{ table: `${fixture.schema}other` },
				batchOf([['x']], [TEXT], [0]),
			);
			assert(without.kind === 'dead', without.kind);
		});

		describe('where a constraint of the table refuses a row', () => {
			beforeEach(async () => {
				await loaded({}, batchOf([['1', 'a']]));
				await change('CREATE UNIQUE INDEX one_text ON @events (text)');
			});
			const batch = batchOf([
				['2', 'b'],
				['3', 'a'],
				['4', 'c'],
				['5', 'b'],
				['6', 'd'],
			]);

			it('puts that row aside, also when the batch comes again', async () => {
				for (let i = 0; i < 2; i++) {
					const outcome = await load({}, batch);
					assert(outcome.kind === 'split', outcome.kind);
					assert.deepEqual([outcome.retry, outcome.dead], [[], [1, 3]]);
					assert.equal(outcome.error.code, 'ERR_SINK_REJECTED');
				}
				const ids = (await rowsOf()).map(([id]) => id);
				assert.deepEqual(ids, ['1', '2', '4', '6']);
			});

			it('refuses the batch, where it is told so', async () => {
				const outcome = await load({ onBadRow: 'refuse' }, batch);
				assert(outcome.kind === 'dead', outcome.kind);
				assert.match(outcome.error.message, /did not take 2 rows .* row 2: .*row 4: /);
				assert.deepEqual(await rowsOf(), [['1', 'a']]);
			});
		});

		it('pauses where the columns are others, with both lists, and goes on when it was mended', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			await change('ALTER TABLE @events RENAME COLUMN text TO body');
			const batch = batchOf([['2', 'b']]);
			await paused(
				{},
				/columns of the table "\S*events" do not match expected \["id","text"\], found \["id","body"\]/,
				batch,
			);
			assert.deepEqual(await rowsOf(), [['1', 'a']]);
			await change('ALTER TABLE @events RENAME COLUMN body TO text');
			await loaded({}, batch);
			assert.deepEqual(await rowsOf(), [
				['1', 'a'],
				['2', 'b'],
			]);
		});

		it('pauses where columns were added, or stand in another order', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			await paused(
				{},
				/expected \["text","id"\], found \["id","text"\]/,
				batchOf([['a', '1']], [TEXT, ID]),
			);
			await change('ALTER TABLE @events ADD COLUMN more text');
			await paused({}, /found \["id","text","more"\]/);
		});

		it('pauses where the primary key is another one', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			await paused(
				{ primaryKey: ['id', 'text'] },
				/primary key .* does not match expected \["id","text"\], found \["id"\]/,
			);
			await paused({ primaryKey: [] }, /expected \[\], found \["id"\]/);
		});

		it('pauses where the table was dropped, and makes it again only where it is told so', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			await change('DROP TABLE @events');
			await paused({}, /was dropped/);
			await paused({ create: 'never' }, /does not exist/);
			await loaded({ create: 'always' }, batchOf([['2', 'b']]));
			assert.deepEqual(await rowsOf(), [['2', 'b']]);
		});

		it('takes a table of somebody else only where it is told so', async () => {
			await change('CREATE TABLE @events (id text PRIMARY KEY, text text)').catch(async () => {
				// Its schema is made with its first table.
				await loaded({ table: `${fixture.schema}other` }, batchOf([['1', 'a']]));
				await change('CREATE TABLE @events (id text PRIMARY KEY, text text)');
			});
			await paused({}, /was not created by Sluice/);
			await loaded({ adopt: true }, batchOf([['1', 'a']]));
			// From then on it is known.
			await loaded({}, batchOf([['2', 'b']]));
			assert.equal((await rowsOf()).length, 2);
		});

		it('never takes a view for a table', async () => {
			await loaded({ table: `${fixture.schema}other` }, batchOf([['1', 'a']]));
			await change(`CREATE VIEW @events AS SELECT * FROM ${fixture.quoted('other')}`);
			await paused({ adopt: true }, /found \[\]/);
		});

		it('never takes a table of n8n, whatever it is told', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			await fixture.query(
				`CREATE TABLE ${fixture.quoted('x_workflow_entity')} (id text PRIMARY KEY, text text)`,
			);
			const table = `${fixture.schema}x_workflow_entity`;
			await paused({ table, adopt: true }, /among those of n8n/);
		});

		it('never writes where a store of Sluice is', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			for (const table of ['meta', 'export', 'chunk', 'batch'])
				await fixture.query(
					`CREATE TABLE ${fixture.beside(table)} (id text PRIMARY KEY, text text)`,
				);
			await paused({}, /a store of Sluice/);
			await paused({ table: `${fixture.schema}new`, adopt: true }, /a store of Sluice/);
		});

		it('quotes whatever names people give', async () => {
			const evil = `"; DROP TABLE "events"; --'$1 ?ä`;
			const columns = [ID, { type: 'path', name: evil }, { type: 'path', name: 'select' }] as const;
			const table = `${fixture.schema}${evil.replaceAll('.', '')}`;
			await loaded(
				{ table },
				batchOf(
					[
						['1', 'a', 'b'],
						['1', 'c', 'd'],
					],
					columns,
				),
			);
			assert.deepEqual(await rowsOf(evil), [['1', 'c', 'd']]);
		});

		it('brings every text as it is: quotes, tabs, backslashes, line ends, 1 MB', async () => {
			const texts = [
				'"',
				"'",
				'\t',
				'\\',
				'\\n',
				'\\N',
				'\\.',
				'\r\n',
				'😀',
				',',
				'',
				'ä'.repeat(500_000),
			];
			await loaded({}, batchOf(texts.map((text, i) => [String(i).padStart(2, '0'), text])));
			assert.deepEqual(
				(await rowsOf()).map(([, text]) => text),
				texts,
			);
		});

		it('takes back all that a trial has done', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			const trial = sinkOf({}, { onExchange: () => {} });
			const batch = batchOf([
				['1', 'b'],
				['2', 'c'],
			]);
			assert.equal((await trial.deliver(batch, fakeAttempt())).kind, 'ack');
			assert.deepEqual(await rowsOf(), [['1', 'a']]);
			await loaded({}, batch);
			assert.equal((await rowsOf()).length, 2);
		});

		it('waits for somebody who holds the table for a moment', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			const release = await fixture.lock('events');
			const loading = load({ timeoutMs: 30_000 }, batchOf([['2', 'b']]));
			await new Promise((resolve) => setTimeout(resolve, 200));
			await release();
			assert.deepEqual(await loading, { kind: 'ack' });
		});

		it('waits for somebody who holds the table only for so long, and says that it was not reached', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			const release = await fixture.lock('events');
			const reports: unknown[] = [];
			const sink = sinkOf({ timeoutMs: 500 });
			const batch = batchOf([['2', 'b']]);
			const onRequest = ({ ok, unreachable, rows }: object & Record<string, unknown>) =>
				reports.push([ok, unreachable, rows]);
			const outcome = await sink.deliver(batch, fakeAttempt({ onRequest: onRequest as never }));
			await release();
			assert(outcome.kind === 'retry', outcome.kind);
			assert.deepEqual([outcome.error.code, outcome.pause], ['ERR_SINK_TIMEOUT', undefined]);
			assert.equal(
				(await sink.deliver(batch, fakeAttempt({ onRequest: onRequest as never }))).kind,
				'ack',
			);
			assert.deepEqual(reports, [
				[false, true, 1],
				[true, undefined, 1],
			]);
		});

		it('gives up soon when the attempt is aborted, and lets others load meanwhile', async () => {
			const controller = new AbortController();
			const held = batchOf([['1', 'a']]);
			const endless: Batch = {
				...held,
				async *rows() {
					yield* held.rows();
					controller.abort();
					await new Promise((resolve) => setTimeout(resolve, 20));
					yield* held.rows();
				},
			};
			const outcome = await sinkOf().deliver(endless, fakeAttempt({ signal: controller.signal }));
			assert.equal(outcome.kind, 'release');
			await loaded({}, batchOf([['2', 'b']]));
			assert.deepEqual(await rowsOf(), [['2', 'b']]);
		});

		it('forgets loads that nobody can ask for, but never the newest ones', async () => {
			await loaded({}, batchOf([['1', 'a']]));
			const notes = fixture.beside('sluice_loads');
			const number = `(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) SELECT i FROM n)`;
			await fixture.query(
				`INSERT INTO ${notes} (source, batch, at, bad) SELECT 'store/r/e', 'old' || i, i, '[]' FROM ${number} AS x`,
			);
			await fixture.query(
				`INSERT INTO ${notes} (source, batch, at, bad) SELECT 'other', 'old' || i, i, '[]' FROM ${number} AS x`,
			);
			await loaded({}, batchOf([['2', 'b']]));
			const counted = await fixture.query(
				`SELECT source, count(*) AS n, min(at) AS oldest FROM ${notes} GROUP BY source ORDER BY source`,
			);
			assert.deepEqual(
				counted.map((row) => Object.values(row).map(String)),
				[
					['other', '1100', '1'],
					['store/r/e', '1000', '103'],
				],
			);
		});

		it('puts aside what has no columns: whole events, and events that could not be mapped', async () => {
			const { columns: _, ...whole } = batchOf([['a']]);
			const outcome = await load({}, { ...whole, output: 'event' });
			assert(outcome.kind === 'dead', outcome.kind);
			assert.equal(outcome.error.code, 'ERR_COLUMN_VALUE');
		});

		it('makes one thing of a table that two exports load at once', async () => {
			const all = Array.from({ length: 8 }, (_, i) =>
				batchOf([
					[String(i), 'x'],
					['all', String(i)],
				]),
			);
			// All wait for the first, which makes everything there is.
			await Promise.all(all.map((batch) => loaded({ timeoutMs: 10_000 }, batch)));
			assert.equal((await rowsOf()).length, 9);
		});
	});
}
