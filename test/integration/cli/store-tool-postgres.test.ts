import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInspector } from '../../../core/buffer/inspect/open-inspector';
import { type Finding, ROW_STATES } from '../../../core/buffer/inspect/store-inspector';
import { openStore } from '../../../core/buffer/open-store';
import { createEvent } from '../../../core/event/create-event';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { systemClock } from '../../../core/runtime/clock';
import {
	anExport,
	appendTexts,
	claimBatch,
	EXPORT_ID,
	readTexts,
	someError,
} from '../../conformance/store-fixtures';
import { eventually } from '../../support/eventually';
import { anExportInput, HOLDER, RecordingSink } from '../../support/pipeline-fixtures';
import { usePostgres } from '../../support/postgres';

const TOOL = join(__dirname, '../../../dist/cli.js');
const conditions = { count: 3, sizeBytes: 50_000_000, timeMs: 60_000 };

describe('sluice store (S54) on a real PostgreSQL', () => {
	const database = usePostgres();
	let schema = '';

	const run = (verb: string, ...args: string[]) => runAt(database.connectionString, verb, ...args);
	const runAt = (connectionString: string, verb: string, ...args: string[]) =>
		new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
			const place = [connectionString, '--schema', schema];
			const tool = spawn(process.execPath, [TOOL, 'store', verb, ...place, ...args]);
			let [out, err] = ['', ''];
			tool.stdout.on('data', (text) => (out += text));
			tool.stderr.on('data', (text) => (err += text));
			tool.on('close', (code) => {
				const { password } = new URL(database.connectionString);
				assert.ok(password === '' || !`${out}${err}`.includes(password), 'no password is shown');
				resolve({ code, out, err });
			});
		});

	/** Three rows dead, three in an open batch, two waiting; left open, since others may use the store meanwhile. */
	const fill = async () => {
		const { connectionString } = database;
		const store = await openStore({ kind: 'postgres', connectionString, schema });
		await store.putExport(anExport({ conditions, maxInFlight: 5 }));
		await appendTexts(store, systemClock, ['1', '2', '3']);
		const answer = { status: 400, text: 'no '.repeat(400) };
		await store.settle((await claimBatch(store)).lease, { kind: 'dead', error: someError, answer });
		await appendTexts(store, systemClock, ['4', '5', '6', '7', 'no json']);
		await claimBatch(store);
		return store;
	};

	const noDamage = ({ message }: Finding) => assert.fail(message);

	beforeEach(() => {
		schema = database.newSchema();
	});

	it('inspects, verifies and exports while others use it', async () => {
		const store = await fill();
		try {
			const inspected = await run('inspect');
			assert.deepEqual([inspected.code, inspected.err], [0, '']);
			assert.match(inspected.out, /ERR_SINK_UNAVAILABLE the sink answered 503 "no no/);
			assert.match(inspected.out, /^integrity: not looked at, verify does$/m);
			const verified = await run('verify');
			assert.deepEqual([verified.code, verified.err], [0, '']);
			const { out } = await run('export');
			const lines = out
				.split('\n')
				.filter((line) => line !== '')
				.map(
					(line) =>
						JSON.parse(line) as {
							state: string;
							payload: unknown;
							rowId: number | null;
							error?: { answer: { text: string } };
						},
				);
			assert.deepEqual(
				lines.map(({ state, payload, rowId }) => [state, payload, rowId]),
				[
					['waiting', 7, null],
					['waiting', Buffer.from('no json').toString('base64'), null],
					['open', 4, 4],
					['open', 5, 5],
					['open', 6, 6],
					['dead', 1, 1],
					['dead', 2, 2],
					['dead', 3, 3],
				],
			);
			const answers = lines.flatMap(({ error }) => error?.answer.text.length ?? []);
			assert.deepEqual(answers, [1_200], 'on the first row of the batch, whole');
		} finally {
			await store.close();
		}
	});

	it('leaves a backup to pg_dump, and names its schema', async () => {
		await (await fill()).close();
		const { code, err } = await run('backup', join(tmpdir(), 'sluice-never'));
		assert.equal(code, 2);
		assert.match(err, new RegExp(`pg_dump makes the backup, with --schema=${schema}`));
		assert.ok(!existsSync(join(tmpdir(), 'sluice-never')));
	});

	it('pauses beside a host, and what it resumes and flushes is delivered there', async () => {
		const store = await openStore({
			kind: 'postgres',
			connectionString: database.connectionString,
			schema,
		});
		const pipeline = await openPipeline({ store });
		try {
			const sink = new RecordingSink();
			const input = anExportInput({ conditions: { count: 1_000, time: '1h', size: '5MB' } });
			await pipeline.attachExport({ config: input, ports: { sink } }, HOLDER).ready;
			const exportId = 'r1/main';
			assert.match((await run('pause', '--export', exportId)).out, /is PAUSED/);
			await pipeline.add(exportId, [createEvent({ body: { n: 1 } })]);
			pipeline.flush(exportId);
			assert.match((await run('flush', '--export', exportId)).out, /^1 rows wait, and are not due/);
			assert.equal(sink.batches.length, 0);
			assert.match((await run('resume', '--export', exportId)).out, /1 rows wait/);
			assert.equal((await run('flush', '--export', exportId)).out, '1 rows are due\n');
			await eventually('the batch, in the host', () => sink.batches.length === 1);
		} finally {
			await pipeline.close();
			await store.close();
		}
	});

	it('replays dead letters: the process that flushes delivers them', async () => {
		const store = await fill();
		try {
			assert.match((await run('replay', '--export', EXPORT_ID)).out, /^3 rows in 1 batches/);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['1', '2', '3']);
		} finally {
			await store.close();
		}
	});

	it('finds a damaged chunk, a wrong counter and a batch that misses rows', async () => {
		await (await fill()).close();
		await database.query(`UPDATE "${schema}".chunk SET body = body || 'x' WHERE batch IS NULL`);
		await database.query(`UPDATE "${schema}".counter SET dead_rows = dead_rows + 1`);
		await database.query(`DELETE FROM "${schema}".chunk WHERE row_id = 4`);
		const { code, out } = await run('verify');
		assert.equal(code, 1);
		for (const rule of ['S50', 'I10', 'I3']) assert.match(out, new RegExp(`\\b${rule}\\b`));
	});

	it('gives each row once, as it was when the export began, whatever becomes of it meanwhile', async () => {
		const store = await fill();
		const { connectionString } = database;
		const inspector = await openInspector({ kind: 'postgres', connectionString, schema });
		try {
			const seen: string[] = [];
			for await (const slice of inspector.rows(ROW_STATES, noDamage)) {
				for (const { state, row } of slice) {
					seen.push(`${state} ${Buffer.from(row.payload).toString()}`);
				}
				if (seen.length > slice.length) continue;
				// Behind the first slice: dead rows become due, waiting ones go into a batch, new ones come.
				await store.replay({ exportId: EXPORT_ID });
				await claimBatch(store);
				await appendTexts(store, systemClock, ['8', '9', '10']);
				await claimBatch(store);
			}
			const expected = ['waiting 7', 'waiting no json', ...[4, 5, 6].map((n) => `open ${n}`)];
			assert.deepEqual(seen, [...expected, ...[1, 2, 3].map((n) => `dead ${n}`)]);
		} finally {
			await inspector.close();
			await store.close();
		}
	});

	it('lets go of the server when nobody wants the rest of an export', async () => {
		await (await fill()).close();
		const { connectionString } = database;
		const inspector = await openInspector({ kind: 'postgres', connectionString, schema });
		for await (const slice of inspector.rows(ROW_STATES, noDamage)) {
			assert.equal(slice.length > 0, true);
			break;
		}
		assert.equal((await inspector.verify()).findings.length, 0);
		await inspector.close();
	});

	it('ends with an error, not early, when the connection is lost during an export', async () => {
		await (await fill()).close();
		const { connectionString } = database;
		const inspector = await openInspector({ kind: 'postgres', connectionString, schema });
		const exporting = async () => {
			for await (const slice of inspector.rows(ROW_STATES, noDamage)) {
				assert.equal(slice.length > 0, true);
				await database.query(
					`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
					WHERE application_name = 'sluice' AND state = 'idle in transaction'`,
				);
			}
		};
		await assert.rejects(exporting(), { code: 'ERR_STORE_UNAVAILABLE' });
		await inspector.close();
	});

	it('takes the password from PGPASSWORD, where no list of processes shows it', async () => {
		await (await fill()).close();
		const { connectionString } = database;
		const place = new URL(connectionString);
		const { password } = place;
		place.password = '';
		const before = process.env['PGPASSWORD'];
		process.env['PGPASSWORD'] = decodeURIComponent(password);
		try {
			const { code, out, err } = await runAt(place.href, 'inspect');
			assert.deepEqual([code, err], [0, '']);
			assert.match(out, /^postgres store/);
		} finally {
			if (before === undefined) delete process.env['PGPASSWORD'];
			else process.env['PGPASSWORD'] = before;
		}
	});

	it('takes no table of somebody else for a store', async () => {
		await database.query(`CREATE SCHEMA "${schema}"`);
		await database.query(`CREATE TABLE "${schema}".meta (format text)`);
		for (const sql of ['SELECT 1', `INSERT INTO "${schema}".meta VALUES ('x')`]) {
			await database.query(sql);
			for (const args of [['inspect'], ['export'], ['replay', '--batch', '1']]) {
				const [verb = '', ...rest] = args;
				const { code, err } = await run(verb, ...rest);
				assert.equal(code, 2, err);
				assert.match(err, /store\.schema: expected a schema that holds a store/);
			}
		}
	});

	it('makes no store where there is none', async () => {
		for (const verb of ['inspect', 'verify', 'export']) {
			const { code, err } = await run(verb);
			assert.equal(code, 2);
			assert.match(err, /store\.schema: expected a schema that holds a store/);
		}
		assert.notEqual((await run('replay', '--export', EXPORT_ID)).code, 0);
		const found = await database.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
		assert.deepEqual(found, []);
	});
});
