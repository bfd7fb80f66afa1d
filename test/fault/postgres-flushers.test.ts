import assert from 'node:assert/strict';
import { openStore } from '../../core/buffer/open-store';
import { usePostgres } from '../support/postgres';
import { eventually } from '../support/eventually';
import { type Child, startWriter } from './child';
import { Ledger } from './ledger';
import { verifyPostgres } from './postgres-verify';

describe('two processes that flush one export of a postgres store (S58, S79)', function () {
	this.timeout(120_000);
	const database = usePostgres();
	const children: Child[] = [];

	afterEach(async () => {
		for (const child of children) child.process.kill('SIGKILL');
		await Promise.all(children.splice(0).map((child) => child.ended));
	});

	it('give every batch to one of them, and every row once', async () => {
		const { connectionString } = database;
		const schema = database.newSchema();
		const options = { kind: 'postgres', connectionString, schema } as const;
		const start = (round: string, role: 'append' | 'deliver') => {
			const child = startWriter({ store: options, round, role });
			children.push(child);
			return child;
		};
		const flushers = [start('f0', 'deliver'), start('f1', 'deliver')];
		const appenders = [start('a0', 'append'), start('a1', 'append')];
		await Promise.all([...flushers, ...appenders].map((child) => child.waitFor('ready')));
		await eventually('both deliver for a while', () => flushers.every(hasDelivered(10)), 60_000);
		for (const child of appenders) {
			child.process.kill('SIGKILL');
			await child.ended;
		}
		const store = await openStore(options);
		await eventually(
			'everything is delivered and acked',
			async () => {
				const [counters] = await store.counters();
				return counters !== undefined && counters.rows + counters.openRows === 0;
			},
			60_000,
		);
		for (const child of flushers) {
			child.process.kill('SIGKILL');
			await child.ended;
		}
		const ledger = new Ledger();
		for (const child of [...appenders, ...flushers])
			child.lines.forEach((line) => ledger.read(line));
		const found = ledger.check();
		console.log(
			`      ${JSON.stringify(found)}, ${flushers.map(countBatches).join(' and ')} batches`,
		);
		assert.equal(found.duplicates, 0, 'no row to both, none twice (I9)');
		const keys = flushers.flatMap(({ lines }) => keysOf(lines, 'delivered '));
		assert.equal(new Set(keys).size, keys.length, 'no batch to both (I7)');
		const acked = flushers.flatMap(({ lines }) => keysOf(lines, 'acked '));
		// The line of the very last ack may be cut off by the kill; the counters say that it was done.
		assert.ok(keys.length - acked.length <= flushers.length);
		const [counters] = await store.counters();
		assert.equal(counters?.ackedTotal, found.delivered, 'ids acked are ids delivered, once each');
		assert.equal(counters?.acceptedTotal, found.delivered);
		await store.close();
		await verifyPostgres(database, schema);
	});
});

function hasDelivered(batches: number): (child: Child) => boolean {
	return (child) => countBatches(child) >= batches;
}

function countBatches({ lines }: Child): number {
	return keysOf(lines, 'acked ').length;
}

function keysOf(lines: readonly string[], start: string): string[] {
	return lines.filter((line) => line.startsWith(start)).map((line) => line.split(' ')[1] ?? '');
}
