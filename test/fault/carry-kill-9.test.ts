import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InspectOptions, openInspector } from '../../core/buffer/inspect/open-inspector';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import {
	anExport,
	aRow,
	claimBatch,
	EXPORT_ID,
	someError,
	toText,
} from '../conformance/store-fixtures';
import { usePostgres } from '../support/postgres';
import { startChild } from './child';
import type { CarrierOptions } from './carrier';
import { faultRounds, seededChance } from './rounds';

const ROUNDS = faultRounds({ desk: 3, ci: 5 });
/** Of the killed: until then its batches stay. On a busy machine what is carried at once takes more than a second. */
const LEASE_MS = 3_000;
const ADOPTER = 'receiver/adopter';
const DEAD = 60;
/** So many that carrying takes longer than the kills are apart. */
const WAITING = 6_000;

describe('kill -9 of what brings rows into another store or export', function () {
	this.timeout(120_000 + ROUNDS * 15_000);
	const database = usePostgres();
	let directory = '';

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-carry-'));
	});
	afterEach(() => rm(directory, { recursive: true, force: true }));

	const place = (kind: 'sqlite' | 'postgres', name: string): InspectOptions =>
		kind === 'sqlite'
			? { kind, directory: join(directory, name) }
			: { kind, connectionString: database.connectionString, schema: database.newSchema() };

	for (const [what, kind, other] of [
		['move', 'sqlite', 'postgres'],
		['move', 'postgres', 'sqlite'],
		['adopt', 'sqlite', undefined],
		['adopt', 'postgres', undefined],
	] as const) {
		it(`${what} from ${kind} to ${other ?? 'another export'} loses and doubles nothing`, async () => {
			const from = place(kind, 'from');
			const to = other === undefined ? undefined : place(other, 'to');
			await fill(from);
			const options: CarrierOptions = {
				from,
				to: to ?? { exportId: EXPORT_ID, to: ADOPTER },
				leaseMs: LEASE_MS,
			};
			const chance = seededChance(`${what} ${kind}`);
			let [kills, lastMs] = [0, 250];
			for (let left = -1; left !== 0;) {
				const child = startChild('carrier.ts', [JSON.stringify(options)]);
				await child.waitFor('ready');
				const startedAt = performance.now();
				// The one place where time is the point: the kill has to fall between any two steps.
				const end =
					kills < ROUNDS
						? setTimeout(() => child.process.kill('SIGKILL'), chance() * lastMs)
						: undefined;
				const line = await child.waitFor('left').catch(() => undefined);
				await child.ended;
				clearTimeout(end);
				if (line === undefined) kills++;
				// It came to its end: the next kill comes earlier.
				else lastMs = Math.min(lastMs, performance.now() - startedAt);
				left = line === undefined ? -1 : Number(line.slice('left '.length));
			}
			const { waiting, dead } = await look(to ?? from, to ? EXPORT_ID : ADOPTER);
			assert.ok(kills > 0, 'it was killed');
			// Batches of a killed one come after the others where their leases go on.
			const isInOrder = kind === 'sqlite';
			const sorted = (texts: string[]) => (isInOrder ? texts : texts.toSorted());
			assert.deepEqual(sorted(waiting), sorted(texts('w', WAITING)));
			assert.deepEqual(dead.toSorted(), texts('d', DEAD).toSorted());
			const rest = await look(from, EXPORT_ID);
			assert.deepEqual([rest.waiting, rest.dead], [[], []]);
		});
	}

	/** Batches of ten, dead letters of three. */
	async function fill(options: InspectOptions): Promise<void> {
		const store = await openStore(options);
		const conditions = { count: 3, sizeBytes: 1_000_000, timeMs: 60_000 };
		await store.putExport(anExport({ conditions, quota: { bytes: 1e9 } }));
		await append(store, texts('d', DEAD));
		for (let n = 0; n < DEAD / 3; n++) {
			const { lease } = await claimBatch(store);
			await store.settle(lease, { kind: 'dead', error: someError });
		}
		await store.putExport(anExport({ conditions: { ...conditions, count: 10 } }));
		const waiting = texts('w', WAITING);
		for (let n = 0; n < WAITING; n += 3_000) await append(store, waiting.slice(n, n + 3_000));
		await store.putExport(anExport({ id: 'adopter' }));
		await store.setState(EXPORT_ID, 'PAUSED');
		await store.close();
	}

	function append(store: Store, names: readonly string[]): Promise<unknown> {
		const events = names.map((name) => ({ rows: [aRow(systemClock, name)] }));
		return store.append({ receiverId: 'receiver', events });
	}

	function texts(prefix: string, count: number): string[] {
		return Array.from({ length: count }, (_, n) => `${prefix}${n}`);
	}

	/** What an export has; and nothing is wrong in its store. */
	async function look(options: InspectOptions, exportId: string) {
		const inspector = await openInspector(options);
		const found = { waiting: [] as string[], open: [] as string[], dead: [] as string[] };
		try {
			assert.deepEqual((await inspector.verify()).findings, []);
			const all = inspector.rows(['waiting', 'open', 'dead'], ({ message }) =>
				assert.fail(message),
			);
			for await (const slice of all)
				for (const { state, row } of slice)
					if (row.exportId === exportId) found[state].push(toText(row));
		} finally {
			await inspector.close();
		}
		assert.deepEqual(found.open, []);
		return found;
	}
});
