/** Whatever is sent to the own listener: what is answered with 2xx is stored, and nothing else; see requests/oracle.ts. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import { createListener, type Listener } from '../../core/receiver/listener/listener';
import { LISTENER_TIMES } from '../../core/receiver/listener/listener-times';
import { collect } from '../support/collect';
import { anExportInput, HOLDER } from '../support/pipeline-fixtures';
import { aPost, exchange as send, statuses } from '../support/raw-http';
import { connectionTo } from './requests/connections';
import { exchange } from './requests/exchange';
import { Books, storedEvent, type Observed, type StoredEvent } from './requests/oracle';
import { RECEIVERS } from './requests/places';

/** `npm run fuzz` multiplies the runs. */
const RUNS = 120 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);
/** Of one run, all at once. */
const CONNECTIONS = { minLength: 1, maxLength: 8 };

describe('fuzz: requests to the own listener', function () {
	this.timeout(1_800_000);
	let store: Store;
	let pipeline: Pipeline;
	let listener: Listener;

	before(async () => {
		store = await openStore({ kind: 'memory' });
		pipeline = await openPipeline({ store });
		listener = await createListener(
			{ port: 0 },
			{ ...LISTENER_TIMES, headersMs: 2_000, requestMs: 3_000, checkMs: 100 },
		);
		for (const { receiver } of RECEIVERS) {
			const config = anExportInput({ receiverId: receiver.id, output: 'event' });
			await pipeline.attachReceiver(receiver, [{ config }], HOLDER).ready;
			listener.mount({
				holder: HOLDER,
				path: `/in/${receiver.id}`,
				secretInUrl: receiver.auth.some(({ kind }) => kind === 'url-secret'),
				handler: (request) => pipeline.accept(receiver.id, request),
			});
		}
	});
	after(async () => {
		await listener.close();
		await pipeline.close();
		await store.close();
	});

	/** All that waits, which is gone then. */
	async function drain(): Promise<StoredEvent[]> {
		const found: StoredEvent[] = [];
		for (const { receiver } of RECEIVERS) {
			const o = { owner: 'test', leaseMs: 60_000, flush: true };
			for (;;) {
				const batch = await store.claim(`${receiver.id}/main`, o);
				if (!batch) break;
				for (const { payload } of await collect(batch.rows())) found.push(storedEvent(payload));
				await store.settle(batch.lease, { kind: 'ack' });
			}
		}
		return found;
	}

	it('stores what it answers with 2xx and nothing else, tells nothing, hangs never, and goes on', async () => {
		const books = new Books();
		let next = 0;
		const seen = new Map<number, number>();
		const connections = fc.array(connectionTo(RECEIVERS), CONNECTIONS);
		const property = fc.asyncProperty(connections, async (given) => {
			const observed = await Promise.all(
				given.map(async (connection): Promise<Observed> => {
					const mark = `m${next++}`;
					return { connection, mark, exchanged: await exchange(listener.port, connection, mark) };
				}),
			);
			books.check(observed, await drain());
			for (const { exchanged } of observed)
				for (const status of statuses(exchanged.received))
					seen.set(status, (seen.get(status) ?? 0) + 1);
			const good = await send(listener, aPost('/in/open', ['x-mark: good']));
			assert.deepEqual(statuses(good), [200]);
			const late = await drain();
			assert.equal(late.filter(({ mark }) => mark === 'good').length, 1);
			books.check(
				[],
				late.filter(({ mark }) => mark !== 'good'),
			);
		});
		await fc.assert(property, { numRuns: RUNS });
		console.log(`      ${next} connections, answers ${JSON.stringify(Object.fromEntries(seen))}`);
	});
});
