import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../../../core/buffer/open-store';
import { openUntouched } from '../../../../core/buffer/stores/sqlite/inspect/open-untouched';
import { verifyDatabase } from '../../../../core/buffer/stores/sqlite/inspect/verify-database';
import { aLatest, appendLatest } from '../../../conformance/latest-fixtures';
import {
	anExport,
	appendTexts,
	claimBatch,
	FakeClock,
	someError,
} from '../../../conformance/store-fixtures';

/** One wrong thing each, made behind the store's back, and the rule that has to notice it (S54). */
const WRONGS: { name: string; sql: string; rule: string; message: RegExp }[] = [
	{
		name: 'a byte of a row',
		sql: `UPDATE chunk SET body = substr(body, 1, length(body) - 1) || x'00' WHERE seq = 1`,
		rule: 'S50',
		message: /3 rows are damaged \(sequence 1 to 3\)/,
	},
	{
		name: 'a row count',
		sql: 'UPDATE chunk SET n = n + 1 WHERE seq = 7',
		rule: 'S50',
		message: /damaged/,
	},
	{
		name: 'a counter of waiting rows',
		sql: `UPDATE export SET tally = json_set(tally, '$.rows', 9)`,
		rule: 'I10',
		message: /rows 9, found 2/,
	},
	{
		name: 'a counter of bytes',
		sql: `UPDATE export SET tally = json_set(tally, '$.bytes', 9)`,
		rule: 'I10',
		message: /bytes 9, found 2/,
	},
	{
		name: 'a counter of open batches',
		sql: `UPDATE export SET tally = json_set(tally, '$.openBatches', 0)`,
		rule: 'I10',
		message: /openBatches 0, found 1/,
	},
	{
		name: 'a counter of dead rows',
		sql: `UPDATE export SET tally = json_set(tally, '$.deadRows', 0)`,
		rule: 'I10',
		message: /deadRows 0, found 3/,
	},
	{
		name: 'what is left of a chunk',
		sql: 'UPDATE chunk SET left_rows = 1 WHERE seq = 1',
		rule: 'I10',
		message: /1 rows left, 3 are/,
	},
	{
		name: 'a row in two batches',
		sql: `UPDATE batch SET parts = '[[3,3,3]]' WHERE state = 'open'`,
		rule: 'I5',
		message: /row 3 is in two places/,
	},
	{
		name: 'a row that waits and is in a batch',
		sql: 'UPDATE export SET claim_seq = 6',
		rule: 'I5',
		message: /row 6 waits and is in batch/,
	},
	{
		name: 'a batch without its rows',
		sql: 'DELETE FROM chunk WHERE seq = 1',
		rule: 'I3',
		message: /rows 3, found 0/,
	},
	{
		name: 'a batch with another size',
		sql: `UPDATE batch SET bytes = 99 WHERE state = 'open'`,
		rule: 'I3',
		message: /bytes 99, found 3/,
	},
	{
		name: 'sequence numbers that were given',
		sql: 'UPDATE export SET next_seq = 3',
		rule: 'I11',
		message: /next would be 3/,
	},
	{
		name: 'chunks that overlap',
		sql: 'UPDATE chunk SET seq = 5 WHERE seq = 7',
		rule: 'I11',
		message: /overlap/,
	},
	{
		name: 'an export without record',
		sql: 'DELETE FROM export',
		rule: 'I3',
		message: /records of no export/,
	},
	{
		name: 'the time of a latest event',
		sql: 'UPDATE latest SET at = at + 1',
		rule: 'S50',
		message: /^the latest event k of receiver receiver is damaged/,
	},
	{
		name: 'a byte of a document',
		sql: `UPDATE document SET body = '{"n":2}' WHERE id = 'a'`,
		rule: 'S50',
		message: /^document test\/a is damaged/,
	},
	{
		name: 'another revision of a document',
		sql: `UPDATE document SET revision = revision + 1 WHERE id = 'b'`,
		rule: 'S50',
		message: /^document test\/b is damaged/,
	},
	{
		name: 'a commit that is missing',
		sql: 'UPDATE meta SET commit_number = commit_number - 1, appended_rows = appended_rows - 2',
		rule: 'S52',
		message: /^2 acknowledged rows are missing \(1 commits/,
	},
];

describe('verify of a sqlite store (S54)', function () {
	this.timeout(20_000);
	let directory = '';
	const sound = () => join(directory, 'sound');

	before(async () => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-verify-'));
		const clock = new FakeClock();
		const store = await openStore({ kind: 'sqlite', directory: sound(), clock });
		const conditions = { count: 3, sizeBytes: 1_000, timeMs: 60_000 };
		await store.putExport(anExport({ conditions, maxInFlight: 5 }));
		const append = (texts: string[]) =>
			Promise.all(texts.map((text) => appendTexts(store, clock, [text])));
		await append(['1', '2', '3']);
		await store.settle((await claimBatch(store)).lease, { kind: 'dead', error: someError });
		await append(['4', '5', '6']);
		const { lease } = await claimBatch(store);
		await store.settle(lease, { kind: 'retry', at: clock.now() + 1, error: someError });
		await append(['7', '8']);
		await appendLatest(store, aLatest('k', 'x'));
		await store.documents.put('test', 'a', { n: 1 });
		await store.documents.put('test', 'b', { n: 1 });
		await store.close();
	});
	after(() => rmSync(directory, { recursive: true }));

	const verify = (path: string) => {
		const untouched = openUntouched(path);
		try {
			return verifyDatabase(untouched, 0);
		} finally {
			untouched.close();
		}
	};
	const copy = (name: string) => {
		const path = join(directory, name);
		cpSync(sound(), path, { recursive: true });
		return path;
	};

	it('finds nothing in a sound one, and says what it read', () => {
		assert.deepEqual(verify(sound()), {
			findings: [],
			notes: [],
			checked: { exports: 1, chunks: 3, rows: 8, batches: 2, documents: 2, latest: 1 },
		});
	});

	for (const [index, { name, sql, rule, message }] of WRONGS.entries()) {
		it(`finds ${name} (${rule})`, () => {
			const path = copy(`wrong-${index}`);
			const database = new DatabaseSync(join(path, 'store.db'));
			database.exec(sql);
			database.close();
			const { findings } = verify(path);
			assert.ok(
				findings.some((finding) => finding.rule === rule && message.test(finding.message)),
				JSON.stringify(findings),
			);
		});
	}

	it('finds a damaged page', () => {
		const path = copy('page');
		const bytes = readFileSync(join(path, 'store.db'));
		bytes.fill(0xff, 4 * 4_096, 5 * 4_096);
		writeFileSync(join(path, 'store.db'), bytes);
		assert.ok(verify(path).findings.some(({ rule }) => rule === 'S49'));
	});

	it('notes a witness that is gone, which is no damage', () => {
		const path = copy('witness');
		rmSync(join(path, 'store.wit'));
		const { findings, notes } = verify(path);
		assert.deepEqual([findings, notes.length], [[], 1]);
	});
});
