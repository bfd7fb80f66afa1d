import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from './child';
import { drainInto, Ledger } from './ledger';
import { verifyStore } from './verify-store';

const ROUNDS = Number(process.env.SLUICE_FAULT_ROUNDS ?? 5);

describe('kill -9 of the process that owns a sqlite store (S72)', function () {
	this.timeout(20_000 + ROUNDS * 10_000);
	let directory = '';
	let child: Child | undefined;

	before(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
	});
	afterEach(() => {
		child?.process.kill('SIGKILL');
	});
	after(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	it(`loses no acknowledged row and repeats no acked one in ${ROUNDS} rounds`, async () => {
		const ledger = new Ledger();
		for (let round = 0; round < ROUNDS; round++) {
			child = startChild('writer.ts', [directory, String(round)]);
			await child.waitFor('ready');
			// The one place where time is the point: the kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 420));
			child.process.kill('SIGKILL');
			await child.ended;
			for (const line of child.lines) ledger.hear(line);
		}
		await drainInto(ledger, directory);
		const found = ledger.check();
		assert.ok(found.accepted > 100, 'enough was written to say something');
		console.log(`      ${JSON.stringify(found)}`);
		verifyStore(directory);
	});
});
