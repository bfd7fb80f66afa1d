import assert from 'node:assert/strict';
import { toDatabase } from '../../../core/settings/database-settings';
import { toTable, type TableSettings } from '../../../core/settings/table-settings';
import { validateSinkConfig } from '../../../core/sink/create-sink';

const HOST = { folder: '/host', file: '/host/sluice/d1.db' };
const PLACE = {
	kind: 'postgres',
	host: 'db',
	database: 'd',
	user: 'u',
	password: 'secret',
} as const;
const COLUMNS = [
	{ type: 'path', name: 'id', path: 'id', primaryKey: true },
	{ type: 'path', name: 'n', path: 'n' },
] as const;
const ROWS = { output: 'record', columns: COLUMNS } as const;
const at = (name: string): string => `dialog.${name}`;

describe('what people set of a database', () => {
	it('is a file of the host unless another one is named', () => {
		for (const settings of [{}, { file: ' ', ...PLACE, kind: 'sqlite' as const }])
			assert.deepEqual(toDatabase(settings, HOST), { kind: 'sqlite', file: HOST.file });
		assert.deepEqual(toDatabase({ file: ' my/t.db ' }, HOST), {
			kind: 'sqlite',
			file: '/host/my/t.db',
		});
		assert.deepEqual(toDatabase({ file: '/else/t.db' }, HOST).kind, 'sqlite');
	});

	it('is a PostgreSQL with the schemas that tables may be in', () => {
		assert.deepEqual(toDatabase({ ...PLACE, schemas: ' a, in.c-main,a' }, HOST), {
			kind: 'postgres',
			connectionString: 'postgresql://u:secret@db:5432/d?sslmode=disable',
			schemas: ['a', 'in.c-main'],
		});
		const usual = toDatabase({ ...PLACE, ssl: 'require', schemas: ' ' }, HOST);
		assert.deepEqual(usual.kind === 'postgres' && usual.schemas, ['public']);
	});

	const wrong: readonly (readonly [field: string, settings: object])[] = [
		['kind', { kind: 'mysql' }],
		['file', { file: ':memory:' }],
		['file', { file: 'file:t.db?mode=memory' }],
		['file', { file: 'folder/' }],
		['file', { file: 'a\0b' }],
		['host', { ...PLACE, host: '' }],
		['port', { ...PLACE, port: 70_000 }],
		['ssl', { ...PLACE, ssl: 'maybe' }],
		['schemas', { ...PLACE, schemas: 'pg_catalog' }],
		['schemas', { ...PLACE, schemas: 'public, information_schema' }],
		['schemas', { ...PLACE, schemas: 'x'.repeat(64) }],
	];
	for (const [field, settings] of wrong) {
		it(`refuses ${JSON.stringify(settings).slice(0, 80)} by the field ${field}, without its password`, () => {
			assert.throws(
				() => toDatabase(settings, HOST, at),
				(error: Error) =>
					error.message.startsWith(`dialog.${field}: `) && !error.message.includes('secret'),
			);
		});
	}
});

describe('what people set of a table', () => {
	it('needs nothing but its name', () => {
		const sink = toTable({ table: ' in.c-main.events ' }, { database: 'db', rows: ROWS });
		validateSinkConfig(sink);
		assert.deepEqual(sink, {
			kind: 'table',
			database: 'db',
			table: 'in.c-main.events',
			...{ load: 'incremental', create: 'once', adopt: false, onBadRow: 'aside' },
			timeoutMs: 30_000,
		});
	});

	it('has types, a key, and all the rest', () => {
		const rest = { load: 'full', create: 'never', adopt: true, onBadRow: 'refuse' } as const;
		const columnTypes = [{ name: 'n', type: 'number' }] as const;
		const settings = { table: 't', ...rest, columnTypes, timeoutSeconds: '2' };
		for (const primaryKey of ['id, n', ['id', 'n']]) {
			const sink = toTable({ ...settings, primaryKey }, { database: 'db', rows: ROWS });
			const key = { columns: columnTypes, primaryKey: ['id', 'n'] };
			assert.deepEqual(sink, {
				...{ kind: 'table', database: 'db', table: 't', ...rest, ...key },
				timeoutMs: 2_000,
			});
		}
	});

	const wrong: readonly (readonly [field: string, TableSettings, rows?: object])[] = [
		['table', {}],
		['table', { table: 'sluice_loads' }],
		['columnTypes[0].type', { table: 't', columnTypes: [{ name: 'n', type: 'int' as never }] }],
		['columnTypes', { table: 't', columnTypes: [{ name: 'gone', type: 'text' }] }],
		['primaryKey', { table: 't', primaryKey: 'id, gone' }],
		['primaryKey', { table: 't', primaryKey: 'id, id' }],
		['load', { table: 't', load: 'some' as never }],
		['create', { table: 't', create: 'yes' as never }],
		['onBadRow', { table: 't', onBadRow: 'drop' as never }],
		['timeoutSeconds', { table: 't', timeoutSeconds: 601 }],
		['data', { table: 't' }, { output: 'event' }],
	];
	for (const [field, settings, rows = ROWS] of wrong) {
		it(`is refused by ${field}: ${JSON.stringify(settings)}`, () =>
			assert.throws(
				() => toTable(settings, { database: 'db', rows: rows as typeof ROWS }, at),
				(error: Error) => error.message.startsWith(`dialog.${field}: `),
			));
	}

	it('has columns that nobody knows before the rows come', () => {
		const settings = { table: 't', primaryKey: 'later' };
		assert.deepEqual(toTable(settings, { database: 'db' }).primaryKey, ['later']);
	});
});
