import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startWriter } from './child';
import { drainInto, Ledger } from './ledger';
import { faultRounds, seededChance } from './rounds';
import { verifyStore } from './verify-store';
import { skipWithout } from '../support/skip';

const ROUNDS = faultRounds({ desk: 3, ci: 10 });
/** Rows are lost in nearly every round: more would only make the long run longer. */
const CONTROL_ROUNDS = Math.min(ROUNDS, 10);

describe('power loss of a sqlite store (S73)', function () {
	this.timeout(90_000 + ROUNDS * 20_000);
	let directory = '';
	let shim = '';
	let child: Child | undefined;

	before(async function () {
		directory = realpathSync(await mkdtemp(join(tmpdir(), 'sluice-power-')));
		shim = join(directory, 'durable-copy.so');
		try {
			const source = join(__dirname, 'durable-copy.c');
			execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, source, '-ldl', '-lpthread']);
		} catch (error) {
			skipWithout(this, 'C compiler to simulate power loss with', error);
		}
	});
	afterEach(() => {
		child?.process.kill('SIGKILL');
	});
	after(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	/** Rounds of writing, killing, and going on with what had been synced. */
	const loseRounds = async (durability: 'full' | 'normal', rounds: number, ledger: Ledger) => {
		const chance = seededChance(`power loss, durability ${durability}`);
		const live = join(directory, durability);
		const synced = join(directory, `${durability}-synced`);
		const store = { kind: 'sqlite', directory: live, durability } as const;
		mkdirSync(synced);
		for (let round = 0; round < rounds; round++) {
			child = startWriter(
				{ store, round: `p${round}` },
				{ LD_PRELOAD: shim, DURABLE_FROM: live, DURABLE_TO: synced },
			);
			await child.waitFor('ready');
			// The kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, 150 + chance() * 600));
			child.process.kill('SIGKILL');
			await child.ended;
			rmSync(live, { recursive: true });
			cpSync(synced, live, { recursive: true, filter: (path) => !path.endsWith('.part') });
			for (const line of child.lines) ledger.read(line);
		}
		await drainInto(ledger, store);
		return live;
	};

	it(`loses no acknowledged row in ${ROUNDS} rounds`, async () => {
		const ledger = new Ledger();
		const live = await loseRounds('full', ROUNDS, ledger);
		const found = ledger.check();
		assert.ok(found.accepted > 100, 'enough was written to say something');
		console.log(`      ${JSON.stringify(found)}`);
		verifyStore(live);
	});

	it('would see rows being lost: with durability normal they are (S74)', async () => {
		const ledger = new Ledger();
		await assert.rejects(
			async () => {
				await loseRounds('normal', CONTROL_ROUNDS, ledger);
				ledger.check();
			},
			{ code: 'ERR_ASSERTION' },
		);
	});
});
