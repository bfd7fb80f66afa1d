import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import type { StoreOptions } from '../../core/buffer/open-store';
import { eventually } from '../support/eventually';
import { usePostgres } from '../support/postgres';
import { type Child, startWriter } from './child';
import { drainInto, Ledger } from './ledger';
import { connectionsGone, verifyPostgres } from './postgres-verify';
import { faultRounds, seededChance } from './rounds';

/** 30 rounds took 54 s on two busy cores. */
const ROUNDS = faultRounds({ desk: 6, ci: 30 });
/** Of the killed; longer than a busy machine lets the living wait. */
const LEASE_MS = 3_000;

describe('kill -9 of the processes that share a postgres store (S72)', function () {
	this.timeout(90_000 + ROUNDS * 10_000);
	const database = usePostgres();
	const living = new Map<string, Child>();
	let started = 0;

	afterEach(async () => {
		for (const role of [...living.keys()]) await kill(role);
	});

	const start = async (
		role: 'append' | 'deliver' | 'both',
		store: StoreOptions,
		ledger: Ledger,
	) => {
		const child = startWriter({ store, round: `r${started++}`, leaseMs: LEASE_MS, role });
		// Heard as it comes: what one process said before it was killed comes before what others say after that.
		const { stdout } = child.process;
		assert.ok(stdout);
		createInterface({ input: stdout }).on('line', (line) => ledger.read(line));
		living.set(role, child);
		await child.waitFor('ready');
	};
	const kill = async (role: string) => {
		const child = living.get(role);
		living.delete(role);
		child?.process.kill('SIGKILL');
		await child?.ended;
	};

	it(`loses no acknowledged row and repeats no acked one in ${ROUNDS} rounds`, async () => {
		const schema = database.newSchema();
		const store = {
			kind: 'postgres',
			connectionString: database.connectionString,
			schema,
		} as const;
		const ledger = new Ledger();
		const chance = seededChance('kill -9');
		const roles = ['append', 'deliver', 'both'] as const;
		for (let round = 0; round < ROUNDS; round++) {
			for (const role of roles) if (!living.has(role)) await start(role, store, ledger);
			// The one place where time is the point: the kill has to fall between any two statements.
			await new Promise((resolve) => setTimeout(resolve, 60 + chance() * 420));
			// One of them, or now and then all at once.
			const victims = chance() < 0.2 ? roles : [roles[Math.floor(chance() * 3)] ?? 'both'];
			await Promise.all(victims.map(kill));
		}
		await Promise.all(roles.map(kill));
		await eventually('the server has ended their sessions', () =>
			connectionsGone(database, schema),
		);
		await verifyPostgres(database, schema);
		await drainInto(ledger, store, 60_000);
		const found = ledger.check();
		assert.ok(found.accepted > 100, 'enough was written to say something');
		console.log(`      ${JSON.stringify(found)}`);
		await verifyPostgres(database, schema);
	});
});
