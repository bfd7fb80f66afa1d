import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { usePostgres } from '../support/postgres';
import { type Child, startChild } from './child';
import { KeyOrderLedger } from './key-order-ledger';
import type { KeySenderOptions } from './key-sender';
import { connectionsGone, verifyPostgres } from './postgres-verify';
import { faultRounds, seededChance } from './rounds';

const ROUNDS = faultRounds({ desk: 4, ci: 8 });
/** Of the killed; longer than a busy machine lets the living wait. */
const LEASE_MS = 2_000;

describe('order key of a postgres store, when one of the two processes that send is killed (I22)', function () {
	this.timeout(120_000 + ROUNDS * 15_000);
	const database = usePostgres();
	const living: Child[] = [];
	let directory = '';

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-key-kill-'));
	});
	afterEach(async () => {
		await Promise.all(living.splice(0).map(kill));
		await rm(directory, { recursive: true, force: true });
	});

	async function kill(child: Child): Promise<void> {
		child.process.kill('SIGKILL');
		await child.ended;
	}

	it(`sends the rows of each key in their order, and all of them, in ${ROUNDS} rounds`, async () => {
		const chance = seededChance('key order by two processes');
		const schema = database.newSchema();
		const { connectionString } = database;
		// One file for all that they say, each line at once: its order is that of what happened.
		const log = join(directory, 'said');
		let lives = 0;
		const start = async (o: Pick<KeySenderOptions, 'drains'> = {}): Promise<Child> => {
			const options: KeySenderOptions = {
				store: { kind: 'postgres', connectionString, schema },
				// What one has on its way when it is killed may be stored behind what another one stores after that.
				prefix: `${lives++}-`,
				leaseMs: LEASE_MS,
				log,
				...o,
			};
			const child = startChild('key-sender.ts', [JSON.stringify(options)]);
			living.push(child);
			await child.waitFor('ready');
			return child;
		};
		for (let round = 0; round < ROUNDS; round++) {
			while (living.length < 2) await start();
			// The one place where time is the point: the kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, 200 + chance() * 400));
			const victims = chance() < 0.2 ? living.splice(0) : living.splice(chance() < 0.5 ? 0 : 1, 1);
			await Promise.all(victims.map(kill));
		}
		await Promise.all(living.splice(0).map(kill));
		await eventually('the server has ended their sessions', () =>
			connectionsGone(database, schema),
		);
		await verifyPostgres(database, schema);
		const last = await start({ drains: true });
		await last.waitFor('drained');
		await last.ended;
		living.length = 0;

		const ledger = new KeyOrderLedger();
		for (const line of (await readFile(log, 'utf8')).split('\n')) ledger.read(line, false);
		const { rows, keys } = ledger.check();
		assert.ok(rows > 100 && keys > 12, 'enough was written to say something');
		await verifyPostgres(database, schema);
	});
});
