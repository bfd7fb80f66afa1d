import assert from 'node:assert/strict';
import { CoreError } from '../../../../core/errors';
import { CELL_TYPES, type CellType } from '../../../../core/pure/cell-type-names';
import { checkRows, createSink } from '../../../../core/sink/create-sink';
import { writeCell } from '../../../../core/sink/table/cell-types';
import type { TableConfig } from '../../../../core/sink/table/table-config';
import { tableDdl } from '../../../../core/sink/table/table-ddl';
import { parseTableName } from '../../../../core/sink/table/table-name';

const COLUMNS = [
	{ type: 'path', name: 'id', primaryKey: true },
	{ type: 'path', name: 'a "b"' },
] as const;
const TABLE = { kind: 'table', database: 'db', table: 'in.c-main.events' } as const;
const isConfigError = (path: string) => (error: unknown) =>
	error instanceof CoreError && error.details['path'] === path;

describe('names of tables', () => {
	it('have their schema before the last dot', () => {
		assert.deepEqual(parseTableName('in.c-main.events'), { schema: 'in.c-main', table: 'events' });
		assert.deepEqual(parseTableName('events'), { schema: '', table: 'events' });
	});
});

describe('values of columns', () => {
	const cases: readonly [CellType, cell: string, written: string | null | undefined][] = [
		['number', '0', '0'],
		['number', '-0.50', '-0.50'],
		['number', '1E+3', '1E+3'],
		['number', '12345678901234567890.5', '12345678901234567890.5'],
		['number', '1.', undefined],
		['number', '0x10', undefined],
		['number', 'NaN', undefined],
		['number', '9'.repeat(1_001), undefined],
		['boolean', 'False', '0'],
		['boolean', '2', undefined],
		['boolean', 'constructor', undefined],
		['timestamp', '2026-01-31t12:00:00z', '2026-01-31T12:00:00.000Z'],
		['timestamp', '2026-01-31T12:00:00.1234567+02:30', '2026-01-31T09:30:00.123456Z'],
		['timestamp', '2024-02-29T23:59:59.5-01:00', '2024-03-01T00:59:59.500Z'],
		['timestamp', '2026-02-29T00:00:00Z', undefined],
		['timestamp', '2026-02-29T01:00:00Z', undefined],
		['timestamp', '2026-01-31T25:00:00Z', undefined],
		['timestamp', '2026-01-31', undefined],
		['timestamp', '1700000000000', undefined],
		['json', ' {"a": 1.50} ', ' {"a": 1.50} '],
		['json', '"\\\\u0000"', '"\\\\u0000"'],
		['json', '{"\\u0000": 1}', undefined],
		['json', '"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
		['json', 'undefined', undefined],
		['text', '', ''],
	];
	for (const [type, cell, written] of cases) {
		it(`${type} ${JSON.stringify(cell.slice(0, 40))}`, () =>
			assert.equal(writeCell(type, cell), written));
	}

	it('are NULL where there is nothing, and never hold NUL', () => {
		for (const type of CELL_TYPES) {
			assert.equal(writeCell(type, null), null);
			assert.equal(writeCell(type, ''), type === 'text' ? '' : null);
			assert.equal(writeCell(type, '\0'), undefined);
		}
	});
});

describe('the statement that makes a table', () => {
	it('of SQLite', () => {
		const columns = [{ name: 'id', type: 'number' }] as const;
		assert.equal(
			tableDdl('sqlite', { ...TABLE, columns }, COLUMNS),
			'CREATE TABLE "in.c-main.events" (\n\t"id" NUMERIC NOT NULL,\n\t"a ""b""" TEXT,\n\tPRIMARY KEY ("id")\n)',
		);
	});

	it('of PostgreSQL', () => {
		const columns = [{ name: 'id', type: 'timestamp' }] as const;
		assert.equal(
			tableDdl('postgres', { ...TABLE, columns }, COLUMNS),
			'CREATE TABLE "in.c-main"."events" (\n\t"id" timestamptz,\n\t"a ""b""" text,\n\tPRIMARY KEY ("id")\n)',
		);
		assert.match(
			tableDdl('postgres', { table: 'events' }, COLUMNS),
			/^CREATE TABLE "public"\."events"/,
		);
	});

	it('is refused where PostgreSQL would cut a name', () => {
		for (const [name, fits] of [
			['x'.repeat(63), true],
			['ä'.repeat(32), false],
		] as const) {
			const columns = [{ type: 'path', name }] as const;
			const make = () => tableDdl('postgres', TABLE, columns);
			if (fits) make();
			else assert.throws(make, /at most 63 bytes/);
		}
	});

	it('is refused where names are the same in the database', () => {
		const columns = ['a', 'A'].map((name) => ({ type: 'path', name }) as const);
		assert.throws(() => tableDdl('sqlite', TABLE, columns), /upper and lower case: "A"/);
	});

	it('needs columns, and those that it names', () => {
		assert.throws(() => tableDdl('sqlite', TABLE, undefined), isConfigError('columns'));
		const unknown = { ...TABLE, primaryKey: ['no'] };
		assert.throws(() => tableDdl('sqlite', unknown, COLUMNS), isConfigError('sink.primaryKey'));
	});
});

describe('rows for a table', () => {
	const strict = { output: 'cells', order: 'strict', maxInFlight: 1 } as const;
	const keyless = COLUMNS.slice(1);
	const cases: readonly [what: string, Partial<TableConfig>, object, path?: string][] = [
		['columns with a key, in order', {}, { columns: COLUMNS }],
		['columns with a key, in any order', {}, { columns: COLUMNS, order: 'any' }, 'sink.kind'],
		['columns with a key, two at once', {}, { columns: COLUMNS, maxInFlight: 2 }, 'sink.kind'],
		['columns without a key, in any order', {}, { columns: keyless, order: 'any', maxInFlight: 9 }],
		['a full load in any order', { load: 'full' }, { columns: keyless, order: 'any' }, 'sink.kind'],
		['whole events', {}, { output: 'event' }, 'sink.kind'],
		['rows without columns', {}, {}, 'sink.columns'],
		[
			'a type of no column',
			{ columns: [{ name: 'no', type: 'text' }] },
			{ columns: COLUMNS },
			'sink.columns',
		],
	];
	for (const [what, config, rows, path] of cases) {
		it(`${path === undefined ? 'may' : 'may not'} be ${what}`, () => {
			const check = () => checkRows({ ...TABLE, ...config }, { ...strict, ...rows });
			if (path === undefined) check();
			else assert.throws(check, isConfigError(path));
		});
	}
});

describe('a table sink', () => {
	it('needs a database that is configured, and a name that is free there', () => {
		assert.throws(() => createSink(TABLE), isConfigError('sink.database'));
		const databases = () => ({ kind: 'sqlite', file: 'relative.db' }) as const;
		assert.throws(() => createSink(TABLE, { databases }), isConfigError('database.file'));
		const open = { kind: 'postgres', schemas: ['in.c-main'] } as const;
		for (const connectionString of ['', 'pg-secret', 'mysql://u:pg-secret@h/d']) {
			// pg would look for a server of its own defaults.
			const make = () => createSink(TABLE, { databases: () => ({ ...open, connectionString }) });
			assert.throws(make, isConfigError('database.connectionString'));
			assert.throws(make, ({ message }: Error) => !message.includes('pg-secret'));
		}
		const absolute = () => ({ kind: 'sqlite', file: '/nowhere/x.db' }) as const;
		const server = {
			kind: 'postgres',
			connectionString: 'postgres://x',
			schemas: ['in.c-main'],
		} as const;
		for (const table of ['events', 'other.events', 'pg_catalog.events', 'information_schema.x']) {
			const make = () => createSink({ ...TABLE, table }, { databases: () => server });
			assert.throws(make, isConfigError('sink.table'));
		}
		const system = { ...TABLE, table: 'sqlite_schema' };
		assert.throws(() => createSink(system, { databases: absolute }), isConfigError('sink.table'));
	});
});
