/** Rows in the order of their keys beside rows in any order: 100,000 wait, and the endpoint refuses those of one key for now. */
import type * as Core from '../../core/index';
import { openQueue, type Queue } from './forward-sluice';
import { measurePairs, type Sender } from './forward-load';

const ROWS = Number(process.env['SLUICE_BENCH_KEY_ROWS'] ?? 100_000);
const KEYS = ROWS / 10;
const CONCURRENCY = 10;
const BATCH = 1_000;

/** A share of the rows in each round, so that at the end of all most have gone. */
export async function measureKeys(
	core: typeof Core,
	pipeline: Core.Pipeline,
	o: { readonly url: string; readonly rounds: number; readonly onRound: (n: number) => void },
): Promise<Record<string, object>> {
	const open = (id: string, order: Pick<Core.ExportConfig, 'order' | 'orderKeyPath'>) =>
		openQueue(core, pipeline, {
			id,
			config: {
				...order,
				// The failing row comes again after the benchmark.
				retry: { delaysMs: [3_600_000] },
				health: { breaker: false },
				conditions: { count: BATCH, sizeBytes: 50 * 1024 ** 2, timeMs: 60_000 },
				maxInFlight: 2,
			},
			sink: { kind: 'http', url: `${o.url}/failing`, send: 'row', concurrency: CONCURRENCY },
		});
	const queues = [
		await open('key', { order: 'key', orderKeyPath: 'key' }),
		await open('any', { order: 'any' }),
	] as const;
	try {
		for (const queue of queues) await queue.fill(rowsOfKeys());
		// The batches that are under way at the end of a round are done beyond it.
		const requests = Math.floor((0.9 * ROWS) / (o.rounds + 1)) - 3 * BATCH;
		return await measurePairs(
			{
				key: sender(queues[0], `${ROWS} rows of ${KEYS} keys, those of one refused`),
				any: sender(queues[1], 'the same rows in any order'),
			},
			{ ...o, requests },
		);
	} finally {
		for (const queue of queues) await queue.close();
	}
}

function sender(queue: Queue, what: string): Sender {
	return {
		what,
		async send(requests) {
			await queue.drainSome(requests);
		},
		close: () => queue.close(),
	};
}

function* rowsOfKeys(): Iterable<string> {
	for (let i = 0; i < ROWS; i++) {
		const key = i % KEYS;
		yield JSON.stringify({ key: key === 7 ? 'failing' : `device-${key}`, value: i });
	}
}
