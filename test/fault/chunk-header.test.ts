import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import {
	anExport,
	appendTexts,
	aRow,
	EXPORT_ID,
	FakeClock,
	LEASE,
	readRows,
	toText,
} from '../conformance/store-fixtures';
import { verifyStore } from './verify-store';

const CHUNKS = 6;
const ROWS = 4;
const conditions = { count: ROWS, sizeBytes: 50_000_000, timeMs: 60_000 };

/**
 * What a chunk says of its rows decides which rows are given, as what, and how many others are counted with them: no bit of it
 * may change unseen (S50, S51).
 */
describe('a chunk of a sqlite store whose header is damaged', function () {
	this.timeout(60_000);
	let directory = '';
	let clock = new FakeClock();
	let opened: Store | undefined;
	let warnings: string[] = [];

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-header-'));
		clock = new FakeClock();
		warnings = [];
	});
	afterEach(async () => {
		await opened?.close();
		opened = undefined;
		await rm(directory, { recursive: true, force: true });
	});

	const open = async () => {
		const warn = (text: string) => warnings.push(text);
		const logger = { debug() {}, info() {}, error() {}, warn };
		const limits = { minFreeBytes: 0 };
		opened = await openStore({ kind: 'sqlite', directory, clock, logger, limits });
		return opened;
	};
	const textsOf = (chunk: number) =>
		Array.from({ length: ROWS }, (_, index) => `row ${chunk * ROWS + index}`);
	/** Two mapping revisions, so that a wrong one would be known. */
	const fill = async () => {
		const store = await open();
		await store.putExport(anExport({ conditions }));
		await store.putExport(anExport({ id: 'other', conditions }));
		await store.putExport(anExport({ conditions, output: 'event' }));
		for (let chunk = 0; chunk < CHUNKS; chunk++) {
			clock.advance(1_000);
			const rows = textsOf(chunk).map((text) => aRow(clock, text, { mappingRevision: 2 }));
			await store.append({ receiverId: 'receiver', events: [{ rows }] });
		}
		await store.close();
		opened = undefined;
	};
	const damage = (set: string) => {
		const database = new DatabaseSync(join(directory, 'store.db'));
		const third = `SELECT seq FROM chunk WHERE export = 1 ORDER BY seq LIMIT 1 OFFSET 2`;
		const { changes } = database
			.prepare(`UPDATE chunk SET ${set} WHERE export = 1 AND seq = (${third})`)
			.run();
		assert.equal(changes, 1);
		database.close();
	};
	/** Every row that the store gives, of all exports, and acks them. */
	const drain = async (store: Store) => {
		const given: string[] = [];
		for (const exportId of [EXPORT_ID, 'receiver/other']) {
			for (;;) {
				const batch = await salvaging(() => store.claim(exportId, { ...LEASE, flush: true }));
				if (batch === undefined) break;
				const rows = await salvaging(() => readRows(batch)).catch(noneLeft);
				if (rows === undefined) continue;
				if (rows.length > 0) {
					assert.equal(exportId, EXPORT_ID, 'no row moves to another export');
					assert.equal(batch.output, 'event', 'no row changes its revision');
				}
				given.push(...rows.map(toText));
				await salvaging(() => store.settle(batch.lease, { kind: 'ack' }));
			}
		}
		return given;
	};
	const all = Array.from({ length: CHUNKS }, (_, chunk) => textsOf(chunk)).flat();
	const others = all.filter((text) => !textsOf(2).includes(text));

	// What the body tells is made good from it.
	for (const set of [
		'n = 4000000000',
		'n = -4',
		'n = n + 1',
		'n = 0',
		'bytes = bytes + 4096',
		'at = 1e300',
		'at = at - 1',
		'last_at = last_at + 1e15',
	]) {
		it(`gives every row when its ${set}`, async () => {
			await fill();
			damage(set);
			const store = await open();
			await appendTexts(store, clock, []);
			assert.deepEqual((await drain(store)).sort(), [...all].sort());
			assert.match(warnings.join('\n'), /damaged/);
			await store.close();
			verifyStore(directory);
		});
	}

	// Whose rows they are, and as what, nobody else knows.
	for (const set of ['revision = 1', 'seq = seq + 1000000', 'arrived_at = arrived_at + 1e12']) {
		it(`gives all others, and never a wrong one, when its ${set}`, async () => {
			await fill();
			damage(set);
			const store = await open();
			assert.deepEqual((await drain(store)).sort(), [...others].sort());
			assert.match(warnings.join('\n'), /damaged/);
			const lost = (await store.deadLetters()).reduce((sum, { count }) => sum + count, 0);
			assert.ok(lost >= ROWS, `${lost} rows are named in dead letters`);
			assert.ok((await store.stats()).quarantinedRows >= ROWS);
		});
	}

	it('gives all others, and never a wrong one, when it seems to be of another export', async () => {
		await fill();
		damage('export = 2');
		const store = await open();
		assert.deepEqual((await drain(store)).sort(), [...others].sort());
		assert.match(warnings.join('\n'), /damaged/);
	});
});

/** As a flusher does: who finds the damage is told, and comes again when the store was salvaged. */
async function salvaging<T>(f: () => Promise<T>): Promise<T> {
	for (let attempt = 0; ; attempt++) {
		try {
			return await f();
		} catch (error) {
			const { code } = error as { code?: string };
			if (code !== 'ERR_STORE_CORRUPT' || attempt === 2) throw error;
		}
	}
}

/** A batch all of whose rows were put aside is gone. */
function noneLeft(error: { code?: string }): undefined {
	if (error.code !== 'ERR_LEASE_LOST') throw error;
}
