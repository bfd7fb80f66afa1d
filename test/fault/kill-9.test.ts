import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import { claimBatch, EXPORT_ID, readRows } from '../conformance/store-fixtures';
import { startChild } from './child';
import { Ledger } from './ledger';
import { verifyStore } from './verify-store';

const ROUNDS = Number(process.env.SLUICE_FAULT_ROUNDS ?? 5);

describe('kill -9 of the process that owns a sqlite store (S72)', function () {
	this.timeout(20_000 + ROUNDS * 10_000);
	let directory = '';

	before(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
	});
	after(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	it(`loses no acknowledged row and repeats no acked one in ${ROUNDS} rounds`, async () => {
		const ledger = new Ledger();
		for (let round = 0; round < ROUNDS; round++) {
			const child = startChild('writer.ts', [directory, String(round)]);
			await child.waitFor('ready');
			// The one place where time is the point: the kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 420));
			child.process.kill('SIGKILL');
			await child.ended;
			for (const line of child.lines) ledger.hear(line);
		}
		await drain(ledger);
		const found = ledger.check();
		assert.ok(found.accepted > 100, 'enough was written to say something');
		console.log(`      ${JSON.stringify(found)}`);
		verifyStore(directory);
	});

	const drain = async (ledger: Ledger) => {
		const store = await openStore({ kind: 'sqlite', directory });
		assert.equal((await store.stats()).missingRows, 0);
		for (;;) {
			const [counters] = await store.counters();
			assert.ok(counters);
			if (counters.rows + counters.openRows === 0) break;
			const batch = await claimBatch(store, { exportId: EXPORT_ID, flush: true });
			const rows = await readRows(batch);
			const ids = rows.map((row) => `${row.rowId}:${row.eventId}`).join(' ');
			ledger.hear(`delivered ${batch.idempotencyKey} ${batch.lease.token} ${ids}`);
			await store.settle(batch.lease, { kind: 'ack' });
			ledger.hear(`acked ${batch.idempotencyKey}`);
		}
		await store.close();
	};
});
