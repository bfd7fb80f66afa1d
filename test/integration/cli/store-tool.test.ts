import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ROW_STATES } from '../../../core/buffer/inspect/store-inspector';
import { openStore } from '../../../core/buffer/open-store';
import type { Row } from '../../../core/buffer/store';
import { FORMAT } from '../../../core/buffer/stores/sqlite/schema';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import type { DryRan } from '../../../core/operate/verbs/dry-run';
import { systemClock } from '../../../core/runtime/clock';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	EXPORT_ID,
	readTexts,
	someError,
} from '../../conformance/store-fixtures';
import { anExportInput, aPush, HOLDER, OPEN } from '../../support/pipeline-fixtures';
import { type Child, startChild, startWriter } from '../../fault/child';

const TOOL = join(__dirname, '../../../dist/cli.js');
const conditions = { count: 3, sizeBytes: 50_000_000, timeMs: 60_000 };

interface Line {
	readonly error?: { readonly at: string; readonly answer?: { readonly text?: string } };
	export: string;
	state: string;
	batch: string | null;
	rowId: number | null;
	eventId: string;
	receivedAt: string;
	payload: unknown;
	encoding?: string;
}

describe('sluice store (S54), as a process', function () {
	this.timeout(120_000);
	let directory = '';
	let child: Child | undefined;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-tool-'));
	});
	afterEach(async () => {
		child?.process.kill('SIGKILL');
		await rm(directory, { recursive: true, force: true });
	});

	const run = (args: readonly string[], shell?: string) =>
		new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
			const tool =
				shell === undefined
					? spawn(process.execPath, [TOOL, ...args])
					: spawn('bash', ['-o', 'pipefail', '-c', shell]);
			let [out, err] = ['', ''];
			tool.stdout.on('data', (text) => (out += text));
			tool.stderr.on('data', (text) => (err += text));
			tool.on('close', (code) => resolve({ code, out, err }));
		});
	const exported = async (...args: string[]) => {
		const { code, out, err } = await run(['store', 'export', directory, ...args]);
		assert.deepEqual([code, err], [0, '']);
		return out
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line) as Line);
	};

	const payloads: { name: string; bytes: Uint8Array; shown: unknown; encoding?: string }[] = [
		{ name: 'an object', bytes: Buffer.from('{"a": [1,\n\t2]}'), shown: { a: [1, 2] } },
		{ name: 'a text', bytes: Buffer.from('"ü€𝄞\\n"'), shown: 'ü€𝄞\n' },
		{ name: 'null', bytes: Buffer.from('null'), shown: null },
		...[
			Buffer.from('no json'),
			Buffer.from([0, 255, 128]),
			Buffer.from([]),
			Buffer.from('"\xff"', 'latin1'),
		].map((bytes) => ({
			name: 'bytes',
			bytes,
			shown: bytes.toString('base64'),
			encoding: 'base64',
		})),
	];

	/** Three dead rows, three in an open batch that failed once, and every payload waiting. */
	const fill = async () => {
		const store = await openStore({ kind: 'sqlite', directory });
		await store.putExport(anExport({ conditions, maxInFlight: 5 }));
		await appendTexts(store, systemClock, ['1', '2', '3']);
		const answer = { status: 400, text: `no ${'such thing, '.repeat(100)}` };
		await store.settle((await claimBatch(store)).lease, { kind: 'dead', error: someError, answer });
		await appendTexts(store, systemClock, ['4', '5', '6']);
		const open = await claimBatch(store);
		const at = systemClock.now() + 3_600_000;
		const busy = { status: 503, text: 'busy' };
		await store.settle(open.lease, { kind: 'retry', at, error: someError, answer: busy });
		for (const [index, { bytes }] of payloads.entries()) {
			const row: Partial<Row> = { eventId: `p${index}`, payload: bytes, sizeBytes: bytes.length };
			await store.append({
				receiverId: 'receiver',
				events: [{ rows: [aRow(systemClock, '', row)] }],
			});
		}
		await store.close();
		return { openBatch: open.id };
	};
	const hashes = () =>
		readdirSync(directory).map((name) => {
			const path = join(directory, name);
			const bytes = statSync(path).isFile() ? readFileSync(path) : '';
			return [name, createHash('sha256').update(bytes).digest('hex')];
		});

	it('exports every row as it was appended, binary ones too', async () => {
		const { openBatch } = await fill();
		const before = hashes();
		const lines = await exported();
		const waiting = lines.filter(({ state }) => state === 'waiting');
		assert.deepEqual(
			waiting.map(({ eventId, payload, encoding, batch, rowId }) => ({
				eventId,
				payload,
				encoding,
				batch,
				rowId,
			})),
			payloads.map(({ shown, encoding }, index) => ({
				eventId: `p${index}`,
				payload: shown,
				encoding,
				batch: null,
				rowId: null,
			})),
		);
		const others = lines.filter(({ state }) => state !== 'waiting');
		assert.deepEqual(
			others.map(({ state, payload, rowId }) => [state, payload, rowId]),
			[...[4, 5, 6].map((n) => ['open', n, n]), ...[1, 2, 3].map((n) => ['dead', n, n])],
		);
		assert.ok(others.every(({ export: e }) => e === EXPORT_ID));
		assert.deepEqual(
			others.map(({ error }) => error?.answer?.text?.length),
			['busy'.length, undefined, undefined, 'no '.length + 1_200, undefined, undefined],
			'the first row of a batch says what went wrong, with all that is kept',
		);
		assert.match(others[0]?.error?.at ?? '', /^\d{4}-.*Z$/);
		assert.deepEqual(
			new Set(others.filter((l) => l.state === 'open').map((l) => l.batch)),
			new Set([openBatch]),
		);
		assert.match(lines[0]?.receivedAt ?? '', /^\d{4}-\d\d-\d\dT.*Z$/);
		assert.deepEqual(hashes(), before, 'nothing changed');
	});

	it('exports what was asked for, into a file that does not exist yet', async () => {
		await fill();
		assert.deepEqual(
			(await exported('--what', 'dead,open')).map(({ payload }) => payload),
			[4, 5, 6, 1, 2, 3],
		);
		const output = join(directory, 'rows.ndjson');
		assert.deepEqual(await exported('--what', 'dead', '--output', output), []);
		assert.equal(readFileSync(output, 'utf8').split('\n').length, 4);
		assert.equal((await run(['store', 'export', directory, '--output', output])).code, 1);
	});

	it('makes no file when the store cannot be read, and one without a line when it has no rows', async () => {
		const output = join(directory, 'rows.ndjson');
		const away = 'postgres://u@127.0.0.1:1/db';
		for (const place of [away, directory]) {
			assert.notEqual((await run(['store', 'export', place, '--output', output])).code, 0);
			assert.deepEqual(readdirSync(directory), []);
		}
		await (await openStore({ kind: 'sqlite', directory })).close();
		assert.deepEqual(await exported('--output', output), []);
		assert.equal(readFileSync(output, 'utf8'), '');
	});

	it('shows a store to a person and to a program', async () => {
		await fill();
		const { code, out } = await run(['store', 'inspect', directory]);
		assert.equal(code, 0);
		assert.match(out, /export receiver\/orders \(Orders\), ACTIVE/);
		assert.match(out, /waiting: 7 rows/);
		assert.match(
			out,
			/dead letters: 1 with 3 rows, 1.2 KB\n.*ERR_SINK_UNAVAILABLE the sink answered 503 "no such/,
		);
		const { exports, problems, ...summary } = JSON.parse(
			(await run(['store', 'inspect', directory, '--json'])).out,
		);
		assert.deepEqual([problems, summary.format, summary.missingRows], [[], FORMAT, 0]);
		assert.deepEqual([exports[0].rows, exports[0].batches[0].attempts], [7, 1]);
		assert.equal(exports[0].deadLetters[0].error.code, 'ERR_SINK_UNAVAILABLE');
		assert.deepEqual(exports[0].batches[0].error.answer, { status: 503, text: 'busy' });
		assert.equal(exports[0].lastFailure.answer.text, 'busy');
	});

	it('exits with 1 when it finds that acknowledged rows are missing, not for what cannot be checked', async () => {
		const writer = startWriter({
			store: { kind: 'sqlite', directory },
			round: 'k',
			role: 'append',
		});
		child = writer;
		await writer.waitFor('accepted k-0-3');
		writer.process.kill('SIGKILL');
		await writer.ended;
		await rm(join(directory, 'store.db-wal'));
		const lost = await run(['store', 'inspect', directory]);
		assert.match(lost.out, /^ {2}! \d+ acknowledged rows are missing/m);
		assert.equal(lost.code, 1);
		assert.equal((await run(['store', 'inspect', directory, '--json'])).code, 1);

		const replayed = await run(['store', 'replay', directory, '--batch', '9']);
		assert.match(
			replayed.err,
			/^sluice: .*acknowledged rows are missing.*\nsluice: ERR_DEAD_LETTER_UNKNOWN: /,
		);
		await rm(join(directory, 'store.wit'));
		const unknown = await run(['store', 'inspect', directory]);
		assert.match(unknown.out, /^integrity: nothing found.*\nnote: the witness is missing/m);
		assert.equal(unknown.code, 0);
		const { problems, notes } = JSON.parse(
			(await run(['store', 'inspect', directory, '--json'])).out,
		);
		assert.deepEqual([problems, notes.length], [[], 1]);
	});

	it('finds nothing wrong in a sound store, and a byte that flipped in another', async () => {
		await fill();
		const before = hashes();
		const sound = await run(['store', 'verify', directory]);
		assert.deepEqual([sound.code, sound.err], [0, '']);
		assert.match(sound.out, /nothing is wrong/);
		assert.deepEqual(hashes(), before);

		const path = join(directory, 'store.db');
		const bytes = readFileSync(path);
		const at = bytes.lastIndexOf('no json');
		bytes[at] = (bytes[at] ?? 0) ^ 1;
		writeFileSync(path, bytes);
		const damaged = await run(['store', 'verify', directory, '--json']);
		assert.equal(damaged.code, 1);
		const { findings } = JSON.parse(damaged.out);
		assert.equal(findings.length, 1);
		assert.match(findings[0].message, /1 rows are damaged/);
		const left = await run(['store', 'export', directory]);
		assert.equal(left.code, 1);
		assert.match(left.err, /1 rows are damaged/);
		assert.equal(left.out.split('\n').length, 6 + payloads.length);
	});

	it('shows and exports what is left of a store with a malformed page', async () => {
		await fill();
		const path = join(directory, 'store.db');
		const database = new DatabaseSync(path);
		const sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_chunk_1'";
		const page = Number(database.prepare(sql).get()?.rootpage);
		database.close();
		const bytes = readFileSync(path);
		bytes.fill(0xa5, (page - 1) * 4_096, page * 4_096);
		writeFileSync(path, bytes);
		const before = hashes();
		const shown = await run(['store', 'inspect', directory]);
		assert.equal(shown.code, 1);
		assert.match(shown.out, /^integrity:\n {2}! /m);
		assert.match(shown.out, /dead letters: 1 with 3 rows/);
		const { code, out, err } = await run(['store', 'export', directory]);
		assert.equal(code, 1);
		assert.match(err, /^(?:sluice: SQLite cannot read all of the store .* page by page\n)+$/);
		assert.equal(out.split('\n').filter(Boolean).length, 6 + payloads.length);
		const replayed = await run(['store', 'replay', directory, '--export', EXPORT_ID]);
		assert.deepEqual([replayed.code, replayed.out], [1, '']);
		assert.match(replayed.err, /^sluice: ERR_STORE_CORRUPT: .*nothing was changed/);
		assert.deepEqual(hashes(), before, 'nothing changed');
	});

	it('reports a file that is no database', async () => {
		writeFileSync(join(directory, 'store.db'), 'this is no database, but long enough'.repeat(99));
		for (const verb of ['inspect', 'verify', 'export']) {
			const { code, err } = await run(['store', verb, directory]);
			assert.equal(code, 1);
			assert.match(err, /^sluice: ERR_STORE_CORRUPT/);
		}
	});

	it('replays a dead letter: its rows are due again', async () => {
		await fill();
		const [dead] = await exported('--what', 'dead');
		const args = ['store', 'replay', directory];
		const later = await run([...args, '--export', EXPORT_ID, '--since', '2100-01-01']);
		assert.deepEqual([later.code, later.out], [0, '0 rows in 0 batches are due again\n']);
		const { code, out } = await run([...args, '--batch', dead?.batch ?? '']);
		assert.deepEqual([code, out], [0, '3 rows in 1 batches are due again\n']);
		const again = await run([...args, '--batch', dead?.batch ?? '']);
		const message = `sluice: ERR_DEAD_LETTER_UNKNOWN: there is no dead letter "${dead?.batch}"\n`;
		assert.deepEqual([again.code, again.out, again.err], [1, '', message]);
		const store = await openStore({ kind: 'sqlite', directory });
		assert.deepEqual(await readTexts(await claimBatch(store)), ['1', '2', '3']);
		await store.close();
	});

	it('replays all dead letters of an export', async () => {
		await fill();
		const { out } = await run(['store', 'replay', directory, '--export', EXPORT_ID]);
		assert.equal(out, '3 rows in 1 batches are due again\n');
		const unknown = await run(['store', 'replay', directory, '--export', 'no/such']);
		assert.equal(unknown.code, 1);
		assert.match(unknown.err, /ERR_EXPORT_UNKNOWN/);
	});

	it('operates a store that no host has: what it makes due or loses is there when the host comes', async () => {
		await fill();
		const does = async (verb: string, ...args: string[]) =>
			run(['store', verb, directory, '--export', EXPORT_ID, ...args]);
		const paused = await does('pause');
		assert.match(paused.out, /is PAUSED, it was ACTIVE; 10 rows wait/);
		assert.match((await does('flush')).out, /^7 rows wait, and are not due/);
		assert.match((await does('enable')).err, /ERR_CONFIG_INVALID: state: .*resume it instead/);
		assert.match((await does('resume')).out, /is ACTIVE, it was PAUSED/);
		assert.equal((await does('retry')).out, '1 batches are due now\n');
		const peeked = JSON.parse((await does('peek', '--limit', '2')).out) as { rows: object[] };
		assert.equal(peeked.rows.length, 2);
		const measured = JSON.parse((await does('metrics')).out) as Record<string, unknown>;
		assert.match(String(measured['from']), /^\d{4}-.*Z$/);
		assert.deepEqual([measured['latency99p'], measured['successCount']], ['0s', 0]);
		const { deliveries } = JSON.parse((await does('deliveries', '--limit', '3')).out) as Record<
			string,
			unknown
		>;
		assert.deepEqual(deliveries, []);
		const [letter] = JSON.parse((await does('dead', '--rows', '1')).out) as {
			batchId: string;
			deadAt: string;
			rows: object[];
		}[];
		assert.match(letter?.deadAt ?? '', /^\d{4}-.*Z$/);
		assert.equal(letter?.rows.length, 1);
		const looked = await run(['store', 'dead', directory, '--batch', letter?.batchId ?? '']);
		const whole = JSON.parse(looked.out) as { rows: object[]; error: { answer: { text: string } } };
		assert.deepEqual([whole.rows.length, whole.error.answer.text.length], [3, 1_203]);
		const asked = await does('disable');
		assert.deepEqual([asked.code, asked.out], [1, '']);
		assert.match(asked.err, /^sluice: nothing was done\. .*: --confirm 10$/m);
		assert.match(
			(await does('disable', '--confirm', '10')).out,
			/USER_DISABLED.*10 rows were dropped/,
		);
		assert.equal(
			(await does('purge', '--what', 'all', '--confirm', 'all')).out,
			'3 rows were removed\n',
		);
		const orphans = JSON.parse((await run(['store', 'orphans', directory])).out) as object[];
		assert.equal(orphans.length, 1);
		assert.match((await does('remove', '--confirm', '0')).out, /was removed, with 0 rows/);
		assert.equal((await run(['store', 'verify', directory])).code, 0);
	});

	it('takes kept events through a changed mapping, and changes nothing', async () => {
		const store = await openStore({ kind: 'sqlite', directory });
		const pipeline = await openPipeline({ store });
		const waits = { count: 100, time: '1h', size: '1MB' };
		const exports = [{ config: anExportInput({ conditions: waits }) }];
		await pipeline.attachReceiver({ id: 'r1', auth: OPEN }, exports, HOLDER).ready;
		await pipeline.accept('r1', aPush());
		await pipeline.close();
		await store.close();
		const change = join(directory, 'change.json');
		const dryRun = async (text: string) => {
			writeFileSync(change, text);
			return run(['store', 'dry-run', directory, '--export', 'r1/main', '--change', change]);
		};
		const columns = [{ type: 'path', name: 'n', path: 'a' }];
		for (const [given, from, n] of [
			[{ columns }, 'waiting', 1],
			[{ columns, event: { a: 'x' } }, 'given', 'x'],
		] as const) {
			const { code, out, err } = await dryRun(JSON.stringify(given));
			assert.deepEqual([code, err], [0, '']);
			const { results } = JSON.parse(out) as DryRan;
			const [{ after, receivedAt, ...tried }, ...others] = results as [DryRan['results'][0]];
			assert.deepEqual([tried.from, after, others], [from, { became: 'row', record: { n } }, []]);
			assert.match(String(receivedAt), /^\d{4}-.*Z$/);
		}
		for (const [text, message] of [
			['{', /change\.json is a JSON object of columns, filter, output, sample, event/],
			['{"exportId": "r1/other"}', /is a JSON object of/],
			['{"columns": [{"type": "path"}]}', /ERR_CONFIG_INVALID: columns\[0\]/],
		] as const) {
			const { code, out, err } = await dryRun(text);
			assert.deepEqual([code, out], [2, '']);
			assert.match(err, message);
		}
		await rm(change);
		const args = ['store', 'dry-run', directory, '--export', 'r1/main'];
		assert.match((await run([...args, '--change', change])).err, /cannot be read \(ENOENT\)/);
		assert.match((await run(args)).err, /needs --change <file>/);
		assert.equal((await exported('--what', 'waiting')).length, 1);
	});

	it('counts kept events, asks before a replay of them, and leaves it to the host', async () => {
		const pushTo = async (n: number) => {
			const store = await openStore({ kind: 'sqlite', directory });
			const pipeline = await openPipeline({ store });
			const config = anExportInput({ state: 'PAUSED', keep: {} });
			await pipeline.attachReceiver({ id: 'r1', auth: OPEN }, [{ config }], HOLDER).ready;
			for (let i = 0; i < n; i++) await pipeline.accept('r1', aPush());
			await pipeline.close();
			await store.close();
		};
		await pushTo(3);
		const { out } = await run(['store', 'inspect', directory]);
		assert.match(out, /^kept events kept:r1\/events\n {2}3, .* old; 0 were let go$/m);
		const args = ['store', 'replay-kept', directory, '--export', 'r1/main'];
		const asked = await run([...args, '--from', '2020-01-01']);
		assert.deepEqual([asked.code, asked.out], [1, '']);
		assert.match(asked.err, /gives the buffer kept events once more: 3 rows\..* --confirm 3/);
		const begun = await run([...args, '--confirm', '3']);
		assert.deepEqual([begun.code, begun.err], [0, '']);
		assert.match(begun.out, /^a replay of 3 kept events into r1\/main has begun: a host/);
		assert.match((await run(args)).err, /ERR_CONFIG_INVALID: .*under way/);
		assert.equal((await exported('--what', 'waiting')).length, 6, 'rows and kept events');
		const purged = await run([
			'store',
			'purge',
			directory,
			...args.slice(3),
			'--what',
			'kept',
			'--confirm',
			'3',
		]);
		assert.match(purged.out, /^3 rows were removed/);
	});

	it('moves a store into another one, which it makes, once the rows are confirmed', async () => {
		const store = await openStore({ kind: 'sqlite', directory });
		await store.putExport(anExport({ conditions, state: 'PAUSED' }));
		await appendTexts(store, systemClock, ['1', '2']);
		await store.documents.put('c', 'i', 'here');
		await store.close();
		const target = join(directory, 'other');
		const move = (...args: string[]) => run(['store', 'move', directory, target, ...args]);
		const asked = await move();
		assert.deepEqual([asked.code, asked.out], [1, '']);
		assert.match(asked.err, /nothing was done\..*1 exports and 1 documents.*--confirm 2$/m);
		assert.ok(!readdirSync(directory).includes('other'), 'the other store is not made');
		const moved = await move('--confirm', '2');
		assert.deepEqual([moved.code, moved.err], [0, '']);
		assert.match(moved.out, /^moved 2 rows, .* 1 documents;.*\nnothing is left\n$/);
		for (const place of [directory, target])
			assert.equal((await run(['store', 'verify', place])).code, 0);
		const { out } = await run(['store', 'inspect', target]);
		assert.match(out, /Orders\), PAUSED[^]*waiting: 2 rows[^]*c: 1,/);
		const back = await openStore({ kind: 'sqlite', directory });
		await back.documents.put('c', 'i', 'another');
		await back.close();
		const left = await move('--confirm', 'all');
		assert.equal(left.code, 1);
		assert.match(left.out, /other ones there: c\/i\n$/);
	});

	for (const args of [
		['inspect'],
		['verify'],
		['export'],
		['replay', '--batch', '1'],
		['pause', '--export', EXPORT_ID],
	]) {
		it(`${args[0]} refuses a store that a process owns, naming it (S12)`, async () => {
			const owner = startChild('owner.ts', [directory]);
			child = owner;
			await owner.waitFor('owned');
			const [verb = '', ...rest] = args;
			const { code, out, err } = await run(['store', verb, directory, ...rest]);
			assert.deepEqual([code, out], [1, '']);
			assert.match(
				err,
				new RegExp(`^sluice: ERR_STORE_OWNED.* process ${owner.process.pid} on host`),
			);
			// Its lock is still there: nobody else can have it now.
			await assert.rejects(openStore({ kind: 'sqlite', directory }), { code: 'ERR_STORE_OWNED' });
		});
	}

	it('backs up a store that no host has; of one that has a host it names who does it', async () => {
		await fill();
		const target = `${directory}-backup`;
		try {
			const made = await run(['store', 'backup', directory, target]);
			assert.deepEqual([made.code, made.err], [0, '']);
			assert.match(made.out, /-backup is a backup: 13 rows, \d+ bytes, verified\n$/);
			assert.equal((await run(['store', 'verify', target])).code, 0);
			const again = await run(['store', 'backup', directory, target]);
			assert.deepEqual([again.code, again.out], [2, '']);
			assert.match(again.err, /directory: expected a directory that is not there yet, or is empty/);
			child = startChild('owner.ts', [directory]);
			await child.waitFor('owned');
			const beside = await run(['store', 'backup', directory, `${target}-2`]);
			assert.deepEqual([beside.code, beside.out], [1, '']);
			assert.match(
				beside.err,
				/ERR_STORE_OWNED: .*is owned by process \d+ .*sluice control.*Back Up/,
			);
		} finally {
			await rm(target, { recursive: true, force: true });
		}
	});

	it('reads what a killed process left in the WAL, and leaves it there', async () => {
		const store = { kind: 'sqlite', directory } as const;
		const writer = startWriter({ store, round: 'k', role: 'append' });
		child = writer;
		await writer.waitFor('accepted k-0-3');
		writer.process.kill('SIGKILL');
		await writer.ended;
		assert.ok(statSync(join(directory, 'store.db-wal')).size > 0);
		const before = hashes();
		const accepted = writer.lines
			.filter((line) => line.startsWith('accepted ') && line.endsWith(' .'))
			.flatMap((line) => line.split(' ').slice(1, -1));
		assert.ok(accepted.length > 0);
		const { code, out } = await run(['store', 'export', directory, '--what', ROW_STATES.join(',')]);
		assert.equal(code, 0);
		const seen = new Set(
			out
				.split('\n')
				.filter(Boolean)
				.map((line) => (JSON.parse(line) as Line).eventId),
		);
		assert.deepEqual(
			accepted.filter((id) => !seen.has(id)),
			[],
		);
		assert.equal((await run(['store', 'verify', directory])).code, 0);
		assert.equal((await run(['store', 'inspect', directory])).code, 0);
		assert.deepEqual(hashes(), before, 'nothing changed');
		const after = await openStore(store);
		assert.equal((await after.counters())[0]?.rows, seen.size);
		await after.close();
	});

	it('ends when it is done, with all it had to print, whatever is still open', async () => {
		const store = await openStore({ kind: 'sqlite', directory });
		await store.putExport(anExport({ conditions: { ...conditions, count: 100_000 } }));
		const rows = Array.from({ length: 2_000 }, (_, index) =>
			aRow(systemClock, `${index} `.padEnd(1_000, '.')),
		);
		await store.append({ receiverId: 'receiver', events: [{ rows }] });
		await store.close();
		const open = join(directory, 'open.cjs');
		writeFileSync(open, `require('node:net').createServer().listen(0, '127.0.0.1');`);
		const tool = spawn(process.execPath, ['--require', open, TOOL, 'store', 'export', directory]);
		let lines = 0;
		tool.stdout.on('data', (part: Buffer) => (lines += part.toString().split('\n').length - 1));
		const [code] = (await once(tool, 'close')) as [number | null];
		assert.deepEqual([code, lines], [0, 2_000]);
	});

	it('ends quietly when the reader of its pipe has enough', async function () {
		if (process.platform === 'win32') this.skip();
		const store = await openStore({ kind: 'sqlite', directory });
		await store.putExport(anExport({ conditions: { ...conditions, count: 100_000 } }));
		const rows = Array.from({ length: 2_000 }, (_, index) =>
			aRow(systemClock, `${index} `.padEnd(1_000, '.')),
		);
		await store.append({ receiverId: 'receiver', events: [{ rows }] });
		await store.close();
		const { code, out, err } = await run(
			[],
			`'${process.execPath}' '${TOOL}' store export '${directory}' | head -n 2`,
		);
		assert.deepEqual([code, err], [0, '']);
		assert.equal(out.split('\n').length, 3);
	});

	const wrong: { name: string; args: string[]; message: RegExp }[] = [
		{ name: 'nothing', args: [], message: /first word/ },
		{ name: 'an unknown command', args: ['store', 'drop', 'x'], message: /one of inspect, verify/ },
		{ name: 'no store', args: ['store', 'inspect'], message: /needs a store/ },
		{ name: 'two stores', args: ['store', 'inspect', 'a', 'b'], message: /takes one store/ },
		{ name: 'an unknown option', args: ['store', 'inspect', 'a', '--x'], message: /'--x'/ },
		{
			name: "another command's option",
			args: ['store', 'verify', 'a', '--batch', '1'],
			message: /no option --batch/,
		},
		{
			name: 'an unknown state',
			args: ['store', 'export', 'a', '--what', 'acked'],
			message: /--what/,
		},
		{ name: 'a replay of nothing', args: ['store', 'replay', 'a'], message: /either --batch/ },
		{ name: 'a pause of nothing', args: ['store', 'pause', 'a'], message: /needs --export/ },
		{
			name: 'a confirmation that is none',
			args: ['store', 'disable', 'a', '--export', 'e', '--confirm', 'yes'],
			message: /--confirm is/,
		},
		{
			name: 'a limit that is none',
			args: ['store', 'peek', 'a', '--export', 'e', '--limit', '-1'],
			message: /--limit/,
		},
		{
			name: 'no instant',
			args: ['store', 'replay', 'a', '--export', 'e', '--since', 'x'],
			message: /instant/,
		},
		{
			name: 'a schema of a directory',
			args: ['store', 'verify', 'a', '--schema', 'x'],
			message: /--schema/,
		},
		{
			name: 'a directory without a store',
			args: ['store', 'verify', tmpdir()],
			message: /holds a store\.db/,
		},
		{
			name: 'a replay where no store is',
			args: ['store', 'replay', tmpdir(), '--batch', '1'],
			message: /holds a store\.db/,
		},
	];
	for (const { name, args, message } of wrong) {
		it(`answers ${name} with exit code 2`, async () => {
			const { code, out, err } = await run(args);
			assert.deepEqual([code, out], [2, '']);
			assert.match(err, message);
		});
	}

	it('prints no password of a connection string', async () => {
		for (const place of [
			'postgresql://sluice:s3cr%21t@127.0.0.1:1/db',
			'postgresql://sluice:s3cr%21t@[bad/db',
		]) {
			const { code, out, err } = await run(['store', 'inspect', place]);
			assert.notEqual(code, 0);
			assert.doesNotMatch(out + err, /s3cr/);
		}
	});

	for (const version of ['20.19.0', '22.9.0', '22.12.0']) {
		it(`says which Node it needs under Node ${version}, and loads nothing`, async () => {
			const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
			const tool = spawn(process.execPath, ['-e', `${pretend}; require(${JSON.stringify(TOOL)})`]);
			let err = '';
			tool.stderr.on('data', (text) => (err += text));
			const [code] = await once(tool, 'close');
			assert.equal(code, 2);
			assert.equal(
				err,
				`sluice needs Node 22.13 or newer, this is ${version}; run it with the Node that runs Node-RED or n8n\n`,
			);
		});
	}

	it('can be started by its name', async () => {
		const { bin } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));
		assert.deepEqual(bin, { sluice: 'dist/cli.js' });
		assert.match(readFileSync(TOOL, 'utf8'), /^#!\/usr\/bin\/env node\n/);
		if (process.platform !== 'win32') assert.equal(statSync(TOOL).mode & 0o111, 0o111);
	});

	it('prints its help', async () => {
		const { code, out } = await run(['--help']);
		assert.equal(code, 0);
		assert.match(out, /^sluice store <command> <store>/);
	});
});
