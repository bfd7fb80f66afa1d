import assert from 'node:assert/strict';
import { openStore } from '../../core/buffer/open-store';
import type { Outcome, Store } from '../../core/buffer/store';
import { Flusher } from '../../core/delivery/flusher';
import { OPEN_GATE } from '../../core/delivery/gate';
import { parseExportConfig } from '../../core/pipeline/parse-export';
import { systemClock } from '../../core/runtime/clock';
import { silentLogger } from '../../core/runtime/logger';
import { countCalls, type Calls } from '../support/counted-store';
import { eventually } from '../support/eventually';
import { anExportInput, RecordingSink } from '../support/pipeline-fixtures';
import { usePostgres } from '../support/postgres';

const CONDITIONS = { count: 10, time: '1s', size: '1MB' };
const WATCHED_MS = 6_000;

/** More than one look of each process, which are 5 s apart. */
const watch = () =>
	new Promise<void>((resolve) => void systemClock.after(WATCHED_MS, () => resolve()));

describe('two flushers over one postgres store', function () {
	this.timeout(60_000).slow(15_000);
	const database = usePostgres();
	const processes: { store: Store; flusher: Flusher; calls: Calls; stop: () => void }[] = [];

	afterEach(async () => {
		for (const { flusher, store, stop } of processes.splice(0)) {
			stop();
			await flusher.close();
			await store.close();
		}
	});

	/** A store with connections of its own, as another process would have it. */
	async function start(schema: string) {
		const url = new URL(database.connectionString);
		url.searchParams.set('application_name', `flusher-${processes.length}`);
		const options = { kind: 'postgres', connectionString: url.href, schema } as const;
		const opened = await openStore(options);
		const { store, calls } = countCalls(opened);
		const flusher = new Flusher({
			store: () => store,
			clock: systemClock,
			logger: silentLogger,
			random: Math.random,
			owner: `process ${processes.length}`,
			gate: OPEN_GATE,
			onAttempt: () => {},
			onRequest: () => {},
		});
		const stop = opened.watch?.(() => flusher.claimDue()) ?? assert.fail('nothing to watch');
		const started = { store: opened, flusher, calls, stop };
		processes.push(started);
		return started;
	}
	const configOf = (id: string) =>
		parseExportConfig(
			anExportInput({ id, receiverId: 'r', output: 'record', conditions: CONDITIONS }),
		);
	const deliver = (flusher: Flusher, id: string, sink: RecordingSink): void => {
		const { retry, conditions, maxInFlight } = configOf(id);
		flusher.add(`r/${id}`, { sink, retry, conditions, maxInFlight });
	};
	async function fill(store: Store, id: string, count: number): Promise<void> {
		const { mappingRevision } = await store.putExport(configOf(id));
		const payload = Buffer.from('{}');
		const base = { exportId: `r/${id}`, eventId: 'e', receivedAt: Date.now(), mappingRevision };
		const rows = Array.from({ length: count }, () => ({ ...base, payload, sizeBytes: 2 }));
		await store.append({ receiverId: 'r', events: [{ rows }] });
	}

	it('that hold other exports do not claim for what is due in those of the other', async () => {
		const schema = database.newSchema();
		const [a, b] = [await start(schema), await start(schema)];
		for (const id of ['a', 'b']) await a.store.putExport(configOf(id));
		const held = new RecordingSink();
		deliver(b.flusher, 'b', held);
		await eventually('the first look is over', () => b.calls.nextDue > 0);
		b.calls.reset();
		// Nobody holds it.
		await fill(a.store, 'a', 3_000);
		await watch();
		assert.equal(b.calls.claims, 0);
		assert.ok(b.calls.nextDue <= 5, `${b.calls.nextDue} questions in ${WATCHED_MS} ms`);
		assert.deepEqual([...b.calls.askedFor], ['r/b']);
		await fill(a.store, 'b', 10);
		await eventually('a hint of the other is heard', () => held.batches.length === 1, 5_000);
	});

	it('that hold the same do not claim while all that may be out is with the other', async () => {
		const schema = database.newSchema();
		const [a, b] = [await start(schema), await start(schema)];
		await a.store.putExport(configOf('s'));
		const [first, second] = [new RecordingSink(), new RecordingSink()];
		let end: (outcome: Outcome) => void = () => {};
		first.next = () => new Promise((resolve) => (end = resolve));
		deliver(a.flusher, 's', first);
		await eventually('the first look is over', () => a.calls.nextDue > 0);
		await fill(a.store, 's', 3_000);
		a.flusher.claimDue();
		await eventually('one of them has a batch', () => first.batches.length === 1);
		deliver(b.flusher, 's', second);
		await eventually('the other has looked', () => b.calls.nextDue > 0);
		for (const { calls } of processes) calls.reset();
		await watch();
		assert.deepEqual([a.calls.claims, b.calls.claims], [0, 0]);
		assert.ok(b.calls.nextDue <= 5, `${b.calls.nextDue} questions in ${WATCHED_MS} ms`);
		first.next = () => ({ kind: 'ack' });
		end({ kind: 'ack' });
		await eventually('what waited leaves', () => first.batches.length + second.batches.length > 50);
	});
});
