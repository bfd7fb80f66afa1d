import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	utimesSync,
} from 'node:fs';
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch, Outcome } from '../../../core/buffer/store';
import { createSink, validateSinkConfig, type SinkConfig } from '../../../core/sink/create-sink';
import type { Sink } from '../../../core/sink/sink';
import { eventually } from '../../support/eventually';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { FakeClock } from '../../support/fake-clock';
import { fileNames, fileTexts } from '../../support/read-files';

const WHO = { exportId: 'r/e', label: 'Halle 3' };
const NAME = '{label}_{number}';
const columns = [{ type: 'path', name: 'n', path: 'n' }] as const;
type Fields = Partial<Omit<SinkConfig<'files'>, 'kind' | 'directory'>>;

describe('the files sink', () => {
	let root = '';
	let out = '';
	let clock: FakeClock;
	let log: string[] = [];
	let sinks: Sink[] = [];

	beforeEach(async () => {
		root = await mkdtemp(join(tmpdir(), 'sluice-files-'));
		out = join(root, 'out');
		mkdirSync(out);
		clock = new FakeClock(Date.parse('2026-11-30T10:15:30Z'));
		log = [];
		sinks = [];
	});
	afterEach(async () => {
		for (const sink of sinks) await sink.close?.();
		await rm(root, { recursive: true, force: true });
	});

	const open = (fields: Fields = {}, who = WHO): Sink => {
		const tell = (message: string): void => void log.push(message);
		const logger = { debug: tell, info: tell, warn: tell, error: tell };
		const config = { kind: 'files', directory: 'd', name: NAME, ...fields } as const;
		const sink = createSink(config, { directories: () => out, who, clock, logger });
		sinks.push(sink);
		return sink;
	};
	const batchOf = (key: string, ns: readonly unknown[], more: object = {}): Batch =>
		fakeBatch({
			payloads: ns.map((n) => Buffer.from(JSON.stringify({ n }))),
			columns,
			idempotencyKey: key,
			...more,
		});
	const write = (sink: Sink, key: string, ns: readonly unknown[], more = {}): Promise<Outcome> =>
		sink.deliver(batchOf(key, ns, more), fakeAttempt());
	const acked = async (sink: Sink, key: string, ns: readonly unknown[], more = {}) =>
		assert.equal((await write(sink, key, ns, more)).kind, 'ack');
	const own = (): string =>
		join(out, '.sluice', createHash('sha256').update(WHO.exportId).digest('hex').slice(0, 16));
	/** As after kill -9: nothing was closed, and its holder is gone. */
	const crashed = (): void => utimesSync(join(own(), 'lock'), 0, 0);

	it('shows a file when it is complete, and not before', async () => {
		const sink = open();
		await acked(sink, 'a', [1, 2]);
		assert.deepEqual(fileNames(out), []);
		await acked(sink, 'b', [3]);
		await sink.close?.();
		assert.deepEqual(fileNames(out), ['Halle_3_000001.ndjson']);
		assert.deepEqual(fileTexts(out), ['{"n":1}\n{"n":2}\n{"n":3}\n']);
		assert.deepEqual(readdirSync(own()), ['ledger']);
	});

	it('is complete by its size, as it is on disk', async () => {
		const sink = open({ fileBytes: 1_024 });
		await acked(sink, 'a', ['x'.repeat(500)]);
		assert.deepEqual(fileNames(out), []);
		await acked(sink, 'b', ['y'.repeat(600)]);
		assert.deepEqual(fileNames(out), ['Halle_3_000001.ndjson']);
		const small = open({ fileBytes: 1_024, gzip: true }, { exportId: 'r/f', label: 'f' });
		await acked(small, 'a', ['x'.repeat(5_000)]);
		assert.equal(fileNames(out).length, 1);
	});

	it('is complete by its age, with nothing coming, and when the clock is put back', async () => {
		const sink = open({ fileAgeMs: 60_000 });
		await acked(sink, 'a', [1]);
		await clock.advance(59_000);
		assert.deepEqual(fileNames(out), []);
		await clock.advance(1_000);
		await eventually('it has a name', () => fileNames(out).length === 1);
		await acked(sink, 'b', [2]);
		clock.jump(-3_600_000);
		await acked(sink, 'c', [3]);
		assert.deepEqual(fileTexts(out), ['{"n":1}\n', '{"n":2}\n']);
	});

	it('names the columns once in each file, and begins another one for other columns', async () => {
		const sink = open({ format: 'csv' });
		await acked(sink, 'a', [1]);
		await acked(sink, 'b', [2]);
		await acked(sink, 'c', [3], { columns: [{ type: 'path', name: 'm', path: 'n' }] });
		await sink.close?.();
		assert.deepEqual(fileTexts(out), ['n\n1\n2\n', 'm\n\n']);
		const bare = open({ format: 'csv', csvHeader: false });
		await acked(bare, 'd', [1]);
		await acked(bare, 'e', [], {
			payloads: [Buffer.from('{"m":2}')],
			columns: [{ type: 'path', name: 'm', path: 'm' }],
		});
		await bare.close?.();
		assert.deepEqual(fileTexts(out).slice(2), ['1\n', '2\n']);
	});

	it('compresses batch by batch, and readers read them as one', async () => {
		const sink = open({ gzip: true, format: 'csv' });
		await acked(sink, 'a', [1]);
		await acked(sink, 'b', [2]);
		await sink.close?.();
		assert.deepEqual(fileNames(out), ['Halle_3_000001.csv.gz']);
		assert.deepEqual(fileTexts(out), ['n\n1\n2\n']);
	});

	it('writes no batch twice, also in another process, and says the same of its rows', async () => {
		const first = open({ fileAgeMs: 0 });
		const rows = [Buffer.from('{"n":1}'), Buffer.from('{"hunter2')];
		const before = await write(first, 'a', [], { payloads: rows });
		await first.close?.();
		const again = await write(open({ fileAgeMs: 0 }), 'a', [], { payloads: rows });
		assert.deepEqual(again, before);
		assert.deepEqual(before.kind === 'split' && before.dead, [1]);
		assert.deepEqual(fileTexts(out), ['{"n":1}\n']);
	});

	it('leaves no file where no row could be written', async () => {
		const sink = open({ format: 'csv' });
		const outcome = await write(sink, 'a', [], { payloads: [Buffer.from('{"hunter2')] });
		assert.equal(outcome.kind, 'dead');
		await sink.close?.();
		assert.deepEqual(fileNames(out), []);
	});

	describe('after a crash', () => {
		it('completes what was begun when it starts, without what was not done', async () => {
			await acked(open(), 'a', [1]);
			const [part = ''] = readdirSync(own()).filter((name) => name.endsWith('.part'));
			await appendFile(join(own(), part), '{"n":2}\n{"n":');
			await appendFile(join(own(), 'ledger'), '{"key":"b","numb');
			crashed();
			const next = open();
			next.start?.();
			await clock.advance(0);
			await eventually('it has a name', () => fileNames(out).length === 1);
			assert.deepEqual(fileTexts(out), ['{"n":1}\n']);
			await acked(next, 'b', [2]);
			await acked(next, 'a', [1]);
			await next.close?.();
			const last = open();
			await acked(last, 'b', [2]);
			await last.close?.();
			assert.deepEqual(fileTexts(out), ['{"n":1}\n', '{"n":2}\n']);
		});

		it('throws away a file of which nothing is in the ledger', async () => {
			await acked(open({ fileAgeMs: 0 }), 'a', [1]);
			await writeFile(join(own(), '2.ndjson.part'), '{"n":2}\n');
			crashed();
			await acked(open({ fileAgeMs: 0 }), 'b', [3]);
			assert.deepEqual(fileTexts(out), ['{"n":1}\n', '{"n":3}\n']);
		});

		it('tells of rows that the disk has lost, and takes them again', async () => {
			const sink = open();
			await acked(sink, 'a', [1]);
			await acked(sink, 'b', [2]);
			await truncate(join(own(), '1.ndjson.part'), 9);
			crashed();
			const next = open();
			await acked(next, 'a', [1]);
			await acked(next, 'b', [2]);
			await next.close?.();
			assert.deepEqual(fileTexts(out), ['{"n":1}\n', '{"n":2}\n']);
			assert.ok(log.some((line) => line.includes('1 rows that were written are gone')));
		});

		it('writes nothing beside a ledger that nobody can read', async () => {
			for (const text of ['{"ledger":2}\n', '{"ledger":1}\n{"key":\n{"key":1}\n']) {
				mkdirSync(own(), { recursive: true });
				await writeFile(join(own(), 'ledger'), text);
				const outcome = await write(open(), 'a', [1]);
				assert(outcome.kind === 'retry');
				assert.match(outcome.error.message, /Move its folder away/);
				assert.equal(readFileSync(join(own(), 'ledger'), 'utf8'), text);
			}
		});
	});

	describe('two that write the same', () => {
		it('the second waits until the first has ended', async () => {
			const first = open();
			await acked(first, 'a', [1]);
			const second = open();
			const outcome = await write(second, 'b', [2]);
			assert(outcome.kind === 'retry');
			assert.match(
				outcome.error.message,
				new RegExp(`process ${process.pid} on .* writes the files`),
			);
			await first.close?.();
			await acked(second, 'b', [2]);
		});

		it('the second takes over at once from a process that is gone', async () => {
			await acked(open(), 'a', [1]);
			const lock = join(own(), 'lock');
			const owner = JSON.parse(readFileSync(lock, 'utf8')) as object;
			const { pid } = spawnSync('true');
			await writeFile(lock, JSON.stringify({ ...owner, token: 'other', pid }));
			await acked(open(), 'b', [2]);
			assert.deepEqual(fileTexts(out), ['{"n":1}\n']);
		});

		it('one that lives shows it every few seconds, with nothing to write', async () => {
			await acked(open(), 'a', [1]);
			crashed();
			await clock.advance(10_000);
			await eventually('it is written again', () => statSync(join(own(), 'lock')).mtimeMs > 0);
			assert.equal((await write(open(), 'b', [2])).kind, 'retry');
		});

		it('one that was taken over in the middle of a batch does not end it', async () => {
			const first = open();
			const batch: Batch = {
				...batchOf('a', [1]),
				async *rows() {
					crashed();
					await acked(open(), 'b', [2]);
					for await (const rows of batchOf('a', [1]).rows()) yield rows;
				},
			};
			assert.equal((await first.deliver(batch, fakeAttempt())).kind, 'retry');
			assert.doesNotMatch(readFileSync(join(own(), 'ledger'), 'utf8'), /"a"/);
		});

		it('one that has stood still for a minute writes no more once it was taken over', async () => {
			const first = open();
			await acked(first, 'a', [1]);
			crashed();
			const second = open();
			await acked(second, 'b', [2]);
			assert.equal((await write(first, 'c', [3])).kind, 'retry');
			await second.close?.();
			assert.deepEqual(fileTexts(out), ['{"n":1}\n', '{"n":2}\n']);
		});

		it('exports of the same label never replace a file, of each other or of anybody', async () => {
			await writeFile(join(out, 'Halle_3_000001.ndjson'), 'mine\n');
			const exports = ['r/e', 'r/f', 's/e'].map((exportId) => open({}, { ...WHO, exportId }));
			for (const sink of exports) await acked(sink, 'a', [1]);
			await Promise.all(exports.map((sink) => sink.close?.()));
			assert.deepEqual(
				fileTexts(out).toSorted(),
				['mine\n', ...Array(3).fill('{"n":1}\n')].toSorted(),
			);
		});
	});

	it('breaks off in the middle of a batch, and leaves nothing of it', async () => {
		const sink = open();
		await acked(sink, 'a', [1]);
		const controller = new AbortController();
		const batch: Batch = {
			...batchOf('b', [2, 3]),
			async *rows() {
				for await (const rows of batchOf('b', [2]).rows()) yield rows;
				controller.abort();
				for await (const rows of batchOf('b', ['x'.repeat(100_000)]).rows()) yield rows;
			},
		};
		const outcome = await sink.deliver(batch, fakeAttempt({ signal: controller.signal }));
		assert.equal(outcome.kind, 'release');
		await acked(sink, 'b', [4]);
		await sink.close?.();
		assert.deepEqual(fileTexts(out), ['{"n":1}\n', '{"n":4}\n']);
	});

	it('tells of each batch as a request, and what the file system refuses as nobody reached', async () => {
		const told: unknown[] = [];
		const onRequest = ({ ok, unreachable, rows, bytes, error }: object & Record<string, unknown>) =>
			told.push([
				ok,
				unreachable,
				rows,
				bytes,
				(error as { message: string } | undefined)?.message,
			]);
		const attempt = fakeAttempt({ onRequest: (one) => void onRequest({ ...one }) });
		const sink = open({ fileAgeMs: 0 });
		await sink.deliver(batchOf('a', [1, 2]), attempt);
		await rm(out, { recursive: true });
		await writeFile(out, '');
		const outcome = await sink.deliver(batchOf('b', [3]), attempt);
		const message = `directory "d" (${out}) cannot be written: a part of the path is a file, not a directory (ENOTDIR)`;
		assert.deepEqual(told, [
			[true, undefined, 2, 16, undefined],
			[false, true, undefined, undefined, message],
		]);
		assert.equal(outcome.kind, 'retry');
	});

	it('is tried without a trace, beside one that writes', async () => {
		const sink = open({ format: 'csv' });
		await acked(sink, 'a', [1]);
		const shown: unknown[] = [];
		const trial = createSink(
			{ kind: 'files', directory: 'd', format: 'csv' },
			{
				directories: () => out,
				who: WHO,
				onExchange: ({ request, error }) => shown.push([request?.body.text, error?.code]),
			},
		);
		const before = readdirSync(out, { recursive: true }).toSorted();
		assert.equal((await write(trial, 'test', [7])).kind, 'ack');
		assert.deepEqual(readdirSync(out, { recursive: true }).toSorted(), before);
		await sink.close?.();
		await rm(out, { recursive: true });
		assert.equal((await write(trial, 'test', [7])).kind, 'retry');
		assert.deepEqual(shown, [
			['n\n7\n', undefined],
			['n\n7\n', 'ERR_SINK_UNAVAILABLE'],
		]);
	});

	it('makes the folders of a name, of the day on which its file was begun', async () => {
		for (const [key, n] of [
			['a', 1],
			['b', 2],
		] as const) {
			const sink = open({ name: '{receiver}/{date}/{number}' });
			await acked(sink, key, [n]);
			await sink.close?.();
			await clock.advance(86_400_000);
		}
		assert.deepEqual(fileNames(join(out, 'r', '20261130')), ['000001.ndjson']);
		assert.deepEqual(fileTexts(join(out, 'r', '20261201')), ['{"n":2}\n']);
		assert.ok(log.some((line) => line.includes('r/20261201/000002.ndjson is complete')));
	});

	for (const [what, place] of [
		['a folder', 'r'],
		['a folder in a folder', 'r/20261130'],
	] as const) {
		it(`writes into no other directory, where a link stands in the place of ${what}`, async () => {
			const elsewhere = join(root, 'elsewhere');
			mkdirSync(elsewhere);
			if (place !== 'r') mkdirSync(join(out, 'r'));
			symlinkSync(elsewhere, join(out, place));
			const sink = open({ name: '{receiver}/{date}/{number}', fileAgeMs: 0 });
			await acked(sink, 'a', [1]);
			assert.ok(
				log.some((line) => /could not be completed: .*is no directory, but a link/.test(line)),
			);
			assert.deepEqual(readdirSync(elsewhere), []);
			// What was acked gets its name when the link is gone.
			await rm(join(out, place));
			await acked(sink, 'b', [2]);
			assert.equal(fileNames(join(out, 'r', '20261130')).length, 2);
		});
	}

	it('writes into no other directory, where a link stands in the place of its own', async () => {
		const elsewhere = join(root, 'elsewhere');
		mkdirSync(elsewhere);
		symlinkSync(elsewhere, join(out, '.sluice'));
		const outcome = await write(open(), 'a', [1]);
		assert(outcome.kind === 'retry');
		assert.match(outcome.error.message, /is no directory, but a link/);
		assert.deepEqual(readdirSync(elsewhere), []);
	});

	for (const text of ['../../x', '..', '/etc/cron.d/x', 'a\0b', '.', 'C:\\x'])
		it(`writes into no other directory, whatever things are called: ${JSON.stringify(text)}`, async () => {
			const name = '{receiver}_{export}_{label}_{date}{time}.{number}';
			const sink = open({ name, fileAgeMs: 0 }, { exportId: `${text}/${text}`, label: text });
			await acked(sink, 'a', [1]);
			assert.match(fileNames(out).join(), /^[\w-]+_20261130101530\.000001\.ndjson$/);
			assert.deepEqual(readdirSync(root), ['out']);
		});
});

describe('the configuration of files', () => {
	const wrong: [field: string, value: unknown][] = [
		...[undefined, '', 7, 'a'.repeat(201)].map((one): [string, unknown] => ['directory', one]),
		...['', 'a', '{number}'.repeat(13), '../{number}', '.{number}', '{number}\n'].map(
			(one): [string, unknown] => ['name', one],
		),
		...[
			'/{number}',
			'a//{number}',
			'a/../{number}',
			'./{number}',
			'.sluice/{number}',
			'a\\{number}',
		].map((one): [string, unknown] => ['name', one]),
		...['{number}/a', 'a/{number}/', '~/{number}'].map((one): [string, unknown] => ['name', one]),
		...['{number}{host}', '{number} ', 7, null].map((one): [string, unknown] => ['name', one]),
		['format', 'json-array'],
		['csvHeader', true],
		['gzip', 'yes'],
		...[1_023, 1e12, '1MB'].map((one): [string, unknown] => ['fileBytes', one]),
		...[-1, 7 * 86_400_000 + 1].map((one): [string, unknown] => ['fileAgeMs', one]),
		...[999, 600_001].map((one): [string, unknown] => ['timeoutMs', one]),
	];
	for (const [field, value] of wrong)
		it(`refuses ${field} ${JSON.stringify(value)?.slice(0, 40)}`, () => {
			assert.throws(
				() => validateSinkConfig({ kind: 'files', directory: 'd', [field]: value }),
				(error: { details?: { path?: unknown } }) => error.details?.path === `sink.${field}`,
			);
		});

	it('needs a directory that the host offers, with an absolute path', () => {
		const config = { kind: 'files', directory: 'd' } as const;
		for (const directories of [undefined, () => undefined, () => 'out'])
			assert.throws(() => createSink(config, { directories }), { code: 'ERR_CONFIG_INVALID' });
		assert.equal(existsSync('out'), false);
	});
});
