import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';

const DATABASE = { id: 'db', type: 'sluice-database', name: 'tables', configVersion: 1 };
const FIELDS = [
	{ name: 'id', path: 'id' },
	{ name: 'n', path: 'n' },
];
const COLUMNS = [
	{ type: 'path', name: 'id', path: 'id', primaryKey: true },
	{ type: 'path', name: 'n', path: 'n' },
];
const KEYLESS = [{ type: 'path', name: 'id', path: 'id' }];
const table = (id: string, config: object = {}): object =>
	node('sluice-table', id, { database: 'db', table: id, time: '1s', configVersion: 1, ...config }, [
		`${id}-loaded`,
	]);
/** Says in the log what went through. */
const said = (id: string): object =>
	node(
		'function',
		`${id}-loaded`,
		{ func: `node.warn('loaded ' + JSON.stringify(msg.payload));` },
		[],
	);
const mapped = { data: 'columns', columns: COLUMNS, order: 'strict', retryDelays: '1s, 1s, 1s' };
const control = (verb: string): object[] => [
	node('http in', `${verb}-in`, { url: `/${verb}`, method: 'post', upload: false }, [verb]),
	node('sluice-control', verb, { verb, buffer: '', configVersion: 1 }, [`${verb}-out`]),
	node('http response', `${verb}-out`, {}, []),
];

/** Settings that cannot work, and by which name of the dialog the node says so. */
const WRONG: readonly (readonly [id: string, config: object, says: RegExp])[] = [
	['none', { database: '' }, /database: expected a sluice database to be chosen/],
	['off', { database: 'db-off' }, /database: expected a sluice database node that exists/],
	['file', { database: 'db-store' }, /a file outside the directory of a store/],
	['schema', { database: 'db-pg', table: 'other.t' }, /table in one of the schemas public/],
	['empty', { data: 'fields', fields: [] }, /fields: expected/],
	['key', { data: 'fields', fields: FIELDS, primaryKey: ['gone'] }, /primaryKey: expected columns/],
	['twice', { data: 'fields', fields: [...FIELDS, { name: 'ID', path: '' }] }, /upper and lower/],
	['counted', { data: 'columns', columns: [{ type: 'id', name: 'id' }] }, /no number of the row/],
];

describe('sluice table, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;

	before(async () => {
		world = await NodeRedWorld.create();
		await mkdir(path.join(world.userDir, 'a-store'));
		await writeFile(path.join(world.userDir, 'a-store', 'store.wit'), '');
		await world.start({
			credentials: { 'db-pg': { user: 'u', password: 'p' } },
			flows: [
				TAB,
				DATABASE,
				{ ...DATABASE, id: 'db-off', d: true },
				{ ...DATABASE, id: 'db-store', file: 'a-store/x.db' },
				{ ...DATABASE, id: 'db-pg', kind: 'postgres', host: 'h', database: 'd', schemas: 'public' },
				aReceiver('rows', { buffers: [aBuffer({ ...mapped, count: 3 })] }, ['events']),
				table('events', { columnTypes: [{ name: 'n', type: 'number' }] }),
				said('events'),
				aReceiver('whole', { buffers: [aBuffer({ order: 'strict' })] }, ['made', 'kept']),
				table('made', { data: 'fields', fields: FIELDS, primaryKey: ['id'] }),
				aReceiver('lost', { buffers: [aBuffer()] }, ['kept']),
				table('kept'),
				node('http in', 'plain-in', { url: '/plain', method: 'post', upload: false }, [
					'plain',
					'plain-out',
				]),
				node('http response', 'plain-out', {}, []),
				table('plain', { data: 'fields', fields: FIELDS, primaryKey: ['id'] }),
				said('plain'),
				aReceiver('parts', { buffers: [aBuffer({ count: 4, data: 'event' })] }, ['cut']),
				node(
					'function',
					'cut',
					{
						outputs: 1,
						func: 'return [msg.payload.map((one) => ({ ...msg, payload: [one] }))];',
					},
					['piecewise'],
				),
				table('piecewise', { data: 'fields', fields: FIELDS }),
				aReceiver('free', { buffers: [aBuffer({ ...mapped, order: 'any' })] }, ['unordered']),
				table('unordered'),
				aReceiver('once', { buffers: [aBuffer({ ...mapped, columns: KEYLESS, count: 3 })] }, [
					'lines',
				]),
				table('lines'),
				node('status', 'statuses', { scope: null }, ['tell']),
				node('function', 'tell', {
					func: 'node.warn(`STATUS ${msg.status.source.id}: ${msg.status.fill} ${msg.status.text}`);',
				}),
				...control('resume'),
				...control('snapshot'),
				...WRONG.flatMap(([id, config]) => [
					aReceiver(`to-${id}`, { buffers: [aBuffer(mapped)] }, [`wrong-${id}`]),
					table(`wrong-${id}`, config),
				]),
			],
		});
	});
	after(() => world.close());

	const rows = (sql: string): unknown[] => {
		const file = path.join(world.userDir, 'sluice-tables.db');
		if (!existsSync(file)) return [];
		const db = new DatabaseSync(file, { readOnly: true });
		try {
			return db
				.prepare(sql)
				.all()
				.map((row) => Object.values(row));
		} catch {
			return [];
		} finally {
			db.close();
		}
	};
	/** What a node shows now. */
	const shows = (id: string, what: RegExp): Promise<unknown> =>
		eventually(`${id}: ${what.source}`, () =>
			what.test(world.log.findLast((line) => line.includes(`STATUS ${id}: `)) ?? ''),
		);
	const push = async (to: string, ...bodies: object[]): Promise<void> => {
		for (const body of bodies) assert.equal((await world.push(`/in/${to}`, body)).status, 200);
	};
	const loaded = (sql: string, expected: unknown[]): Promise<unknown> =>
		eventually(sql, () => JSON.stringify(rows(sql)) === JSON.stringify(expected));

	it('loads a batch as a whole, with the columns and the key of its buffer, and hands it on', async () => {
		await push('rows', { id: 'a', n: 1 }, { id: 'b', n: 2 }, { id: 'a', n: 3 });
		await loaded('SELECT id, n FROM events ORDER BY id', [
			['a', 3],
			['b', 2],
		]);
		await eventually('it goes on', () => world.log.some((line) => /loaded .*"id":"b"/.test(line)));
		assert.deepEqual(rows('SELECT count(*) FROM sluice_loads'), [[1]]);
	});

	it('makes rows of whole events, by fields of its own', async () => {
		await push('whole', { id: 'w', n: 'x' });
		await loaded('SELECT id, n FROM made', [['w', 'x']]);
	});

	it('keeps whole events of which it knows no columns, and pauses their buffer', async () => {
		await push('lost', { id: 1 });
		const why = /data: expected fields or columns, here or in the buffer/;
		await eventually('it says why', () => world.log.some((line) => why.test(line)));
		await shows('lost', /paused/);
	});

	it('takes messages by its own buffer, each element of a list a row', async () => {
		await world.push('/plain', [
			{ id: 'p', n: 1 },
			{ id: 'q', n: 2 },
		] as never);
		await loaded('SELECT id, n FROM plain ORDER BY id', [
			['p', '1'],
			['q', '2'],
		]);
		await eventually('it is told', () =>
			world.log.some((line) => /loaded .*"delivered":2/.test(line)),
		);
	});

	it('loses no part of a batch that the flow has taken apart', async () => {
		const all = [1, 2, 3, 4].map((n) => ({ id: 'same', n }));
		await push('parts', ...all);
		await loaded('SELECT n FROM piecewise ORDER BY n', [['1'], ['2'], ['3'], ['4']]);
	});

	it('says which buffer is not in order', () => shows('unordered', /yellow .*main: not in order/));

	it('pauses where the table was dropped, keeps what comes, and goes on when it was mended', async () => {
		const change = (sql: string): void => {
			const db = new DatabaseSync(path.join(world.userDir, 'sluice-tables.db'));
			db.exec(`PRAGMA busy_timeout=5000; ${sql}`);
			db.close();
		};
		change('DROP TABLE events; CREATE TABLE events (n, id TEXT NOT NULL PRIMARY KEY)');
		await push('rows', { id: 'c', n: 4 }, { id: 'd', n: 5 }, { id: 'e', n: 6 });
		const why = /ERR_TABLE_MISMATCH.*expected \["id","n"\], found \["n","id"\]/;
		await eventually('both lists', () => world.log.some((line) => why.test(line)));
		await shows('rows', /paused/);
		await shows('events', /red .*ERR_TABLE_MISMATCH/);
		change('DROP TABLE events; CREATE TABLE events (id TEXT NOT NULL PRIMARY KEY, n NUMERIC)');
		await world.push('/resume', { buffer: 'rows/main' });
		await loaded('SELECT id, n FROM events ORDER BY id', [
			['c', 4],
			['d', 5],
			['e', 6],
		]);
		await shows('events', /green .*delivered/);
	});

	it('has each row once of batches that were under way when the process was killed', async () => {
		const accepted: string[] = [];
		for (let round = 0; round < 3; round++) {
			const ids = Array.from({ length: 30 }, (_, n) => `${round}-${n}`);
			const pushed = Promise.all(
				ids.map(async (id) => {
					const answer = await world.push('/in/once', { id }).catch(() => undefined);
					if (answer?.status === 200) accepted.push(id);
				}),
			);
			const some = `SELECT 1 FROM lines WHERE id LIKE '${round}-%'`;
			await eventually('some are loaded', () => rows(some).length > 2);
			await world.kill();
			await pushed;
			await world.restart();
		}
		const there = (): string[] =>
			rows('SELECT id FROM lines').map((row) => (row as string[])[0] ?? '');
		await eventually('all of them', () => {
			const now = new Set(there());
			return accepted.every((id) => now.has(id));
		});
		assert.ok(accepted.length > 30);
		assert.equal(new Set(there()).size, there().length);
	});

	for (const [id, , says] of WRONG)
		it(`does not start, says what is wrong, and its batches are kept: ${id}`, async () => {
			const told = world.log.filter((line) => line.includes(`wrong-${id}`)).join('\n');
			assert.match(told, says);
			await push(`to-${id}`, { id: 1, n: 1 });
			await shows(`to-${id}`, /yellow settling node is off, kept/);
		});

	it('never shows a status that is greener than that', async () => {
		const { text } = await world.push('/snapshot', {});
		for (const [id] of WRONG) assert.match(text, new RegExp(`"to-${id}/main"[^}]*"rows":1`), id);
	});
});
