import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openInspector } from '../../../../core/buffer/inspect/open-inspector';
import type { Finding } from '../../../../core/buffer/inspect/store-inspector';
import { openStore } from '../../../../core/buffer/open-store';
import {
	anExport,
	appendTexts,
	claimBatch,
	FakeClock,
	someError,
	toText,
} from '../../../conformance/store-fixtures';

/** Rows 1 to 3 are dead, 4 to 6 in an open batch, 7 to 9 wait; each row is a chunk but 1 to 3, which are one. */
const ALL = ['7', '8', '9', '4', '5', '6', '1', '2', '3'];

/** What somebody or something did to the chunks, what the inspector still gives, and what it says of the rest. */
const DAMAGES: { name: string; sql: string; given: string[]; told: [string, RegExp][] }[] = [
	{ name: 'nothing', sql: 'SELECT 1', given: ALL, told: [] },
	{
		name: 'a chunk in the middle of a batch is missing',
		sql: 'DELETE FROM chunk WHERE seq = 5',
		given: without('5'),
		told: [['I3', /^1 rows are missing \(sequence 5 to 5\)/]],
	},
	{
		name: 'the last chunks of a batch are missing',
		sql: 'DELETE FROM chunk WHERE seq IN (5, 6)',
		given: without('5', '6'),
		told: [['I3', /^2 rows are missing \(sequence 5 to 6\)/]],
	},
	{
		name: 'the only chunk of a dead letter is missing',
		sql: 'DELETE FROM chunk WHERE seq = 1',
		given: without('1', '2', '3'),
		told: [['I3', /^3 rows are missing \(sequence 1 to 3\)/]],
	},
	{
		name: 'a chunk that waits is missing',
		sql: 'DELETE FROM chunk WHERE seq = 8',
		given: without('8'),
		told: [['I10', /^3 rows wait, 2 of them are found/]],
	},
	{
		name: 'the checksum of a chunk is wrong',
		sql: 'UPDATE chunk SET crc = crc + 1 WHERE seq = 5',
		given: without('5'),
		told: [['S50', /^1 rows are damaged \(sequence 5 to 5\)/]],
	},
	...[
		{ name: 'larger by one', n: '2' },
		{ name: 'a million', n: '1000000' },
		{ name: 'a billion', n: '1000000000' },
		{ name: 'larger than memory', n: '1000000000000000' },
		{ name: 'larger than a number', n: '9223372036854775807' },
		{ name: 'zero', n: '0' },
		{ name: 'negative', n: '-1' },
		{ name: 'very negative', n: '-9223372036854775808' },
		{ name: 'a fraction', n: '1.5' },
		{ name: 'no number', n: `'many'` },
	].flatMap(({ name, n }) => [
		{
			name: `the row count of a chunk in a batch is ${name}`,
			sql: `UPDATE chunk SET n = ${n} WHERE seq = 5`,
			given: without('5'),
			told: [['S50', /^1 rows are damaged \(sequence 5 to 5\)/]] as [string, RegExp][],
		},
		{
			name: `the row count of a chunk that waits is ${name}`,
			sql: `UPDATE chunk SET n = ${n} WHERE seq = 8`,
			given: without('8'),
			told: [['S50', /^1 rows are damaged \(sequence 8 to 8\)/]] as [string, RegExp][],
		},
	]),
	{
		name: 'other numbers of a header are larger than a number',
		sql: 'UPDATE chunk SET bytes = 9223372036854775807, crc = -9223372036854775808 WHERE seq = 5',
		given: without('5'),
		told: [['S50', /^1 rows are damaged \(sequence 5 to 5\)/]],
	},
];

describe('inspecting a sqlite store whose chunks are damaged (S54, I13)', function () {
	this.timeout(20_000);
	let directory = '';
	const sound = () => join(directory, 'sound');

	before(async () => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-inspect-'));
		const clock = new FakeClock();
		const store = await openStore({ kind: 'sqlite', directory: sound(), clock });
		await store.putExport(anExport({ maxInFlight: 5 }));
		await Promise.all(['1', '2', '3'].map((text) => appendTexts(store, clock, [text])));
		await store.settle((await claimBatch(store)).lease, { kind: 'dead', error: someError });
		await appendTexts(store, clock, ['4', '5', '6']);
		const { lease } = await claimBatch(store);
		await store.settle(lease, { kind: 'retry', at: clock.now() + 1, error: someError });
		await appendTexts(store, clock, ['7', '8', '9']);
		await store.close();
	});
	after(() => rmSync(directory, { recursive: true }));

	const damagedCopy = (name: string, sql: string) => {
		const path = join(directory, name);
		cpSync(sound(), path, { recursive: true });
		const database = new DatabaseSync(join(path, 'store.db'));
		database.exec(sql);
		database.close();
		return path;
	};

	for (const [index, { name, sql, given, told }] of DAMAGES.entries()) {
		it(`gives every readable row and tells of the others where ${name}`, async () => {
			const path = damagedCopy(`rows-${index}`, sql);
			const inspector = await openInspector({ kind: 'sqlite', directory: path });
			try {
				const findings: Finding[] = [];
				const texts: string[] = [];
				for await (const slice of inspector.rows(['waiting', 'open', 'dead'], (finding) =>
					findings.push(finding),
				)) {
					texts.push(...slice.map(({ row }) => toText(row)));
				}
				assert.deepEqual(texts, given);
				assert.deepEqual(
					findings.map(({ rule }) => rule),
					told.map(([rule]) => rule),
					JSON.stringify(findings),
				);
				for (const [at, [, message]] of told.entries()) {
					assert.match(findings[at]?.message ?? '', message);
				}
			} finally {
				await inspector.close();
			}
		});

		if (told.length === 0) continue;
		it(`is shown and verified to its end where ${name}`, async () => {
			const path = damagedCopy(`verify-${index}`, sql);
			const inspector = await openInspector({ kind: 'sqlite', directory: path });
			try {
				await inspector.summary();
				const { findings, checked } = await inspector.verify();
				const [rule] = told[0] ?? [];
				assert.ok(
					findings.some((finding) => finding.rule === rule),
					JSON.stringify(findings),
				);
				assert.equal(checked.exports, 1);
				assert.equal(checked.batches, 2);
				assert.ok(checked.chunks >= 4 && Number.isSafeInteger(checked.rows));
			} finally {
				await inspector.close();
			}
		});
	}
});

function without(...texts: string[]): string[] {
	return ALL.filter((text) => !texts.includes(text));
}
