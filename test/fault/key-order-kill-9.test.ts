import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from './child';
import { KeyOrderLedger } from './key-order-ledger';
import type { KeySenderOptions } from './key-sender';
import { faultRounds, seededChance } from './rounds';
import { verifyStore } from './verify-store';

const ROUNDS = faultRounds({ desk: 4, ci: 8 });

describe('order key when its process is killed (I22)', function () {
	this.timeout(120_000 + ROUNDS * 15_000);
	let directory = '';
	let child: Child | undefined;

	before(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-key-kill-'));
	});
	afterEach(() => {
		child?.process.kill('SIGKILL');
	});
	after(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	it(`sends the rows of each key in their order, and all of them, in ${ROUNDS} rounds`, async () => {
		const ledger = new KeyOrderLedger();
		const chance = seededChance('key order');
		const start = (o: Pick<KeySenderOptions, 'drains'> = {}): Child => {
			ledger.newLife();
			// What was on its way when the process was killed may be there or not: numbers go on far behind it.
			const counts = Object.fromEntries(
				Object.entries(ledger.counts).map(([key, n]) => [key, n + 1_000]),
			);
			const options: KeySenderOptions = { store: { kind: 'sqlite', directory }, counts, ...o };
			return startChild('key-sender.ts', [JSON.stringify(options)]);
		};
		const read = (lines: readonly string[]) => {
			for (const line of lines) ledger.read(line, true);
		};
		for (let round = 0; round < ROUNDS; round++) {
			child = start();
			await child.waitFor('ready');
			// The one place where time is the point: the kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, 200 + chance() * 600));
			child.process.kill('SIGKILL');
			await child.ended;
			read(child.lines);
		}
		child = start({ drains: true });
		await child.waitFor('drained');
		await child.ended;
		read(child.lines);
		const { rows, keys } = ledger.check();
		assert.ok(rows > 0 && keys > 1, 'enough was written to say something');
		verifyStore(directory);
	});
});
