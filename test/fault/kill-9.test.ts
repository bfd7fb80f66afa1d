import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startWriter } from './child';
import { drainInto, Ledger } from './ledger';
import { faultRounds, seededChance } from './rounds';
import { verifyStore } from './verify-store';

/** 30 rounds took 23 s on two busy cores. */
const ROUNDS = faultRounds({ desk: 10, ci: 30 });

describe('kill -9 of the process that owns a sqlite store (S72)', function () {
	this.timeout(90_000 + ROUNDS * 10_000);
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
		const chance = seededChance('kill -9');
		const store = { kind: 'sqlite', directory } as const;
		for (let round = 0; round < ROUNDS; round++) {
			child = startWriter({ store, round: String(round) });
			// Every other time it has come to do all that it does, on the slowest machine, too.
			await child.waitFor(round % 2 === 0 ? 'ready' : 'put');
			// The one place where time is the point: the kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, 60 + chance() * 420));
			child.process.kill('SIGKILL');
			await child.ended;
			for (const line of child.lines) ledger.read(line);
		}
		await drainInto(ledger, store);
		const found = ledger.check();
		assert.ok(found.accepted > 100, 'enough was written to say something');
		console.log(`      ${JSON.stringify(found)}`);
		verifyStore(directory);
	});
});
