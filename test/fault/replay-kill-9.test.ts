import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInspector } from '../../core/buffer/inspect/open-inspector';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { createEvent } from '../../core/event/create-event';
import { replayKept } from '../../core/operate/verbs/replay-kept';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { HOLDER } from '../support/pipeline-fixtures';
import { usePostgres } from '../support/postgres';
import { toText } from '../conformance/store-fixtures';
import { startChild } from './child';
import { REPLAYED, REPLAYED_ID } from './replayer';
import { faultRounds, seededChance } from './rounds';

const ROUNDS = faultRounds({ desk: 3, ci: 5 });
const EVENTS = 6_000;
/** So that they are many pages. */
const FILLER = 'x'.repeat(3_000);

describe('kill -9 of a replay of kept events', function () {
	this.timeout(120_000 + ROUNDS * 15_000);
	const database = usePostgres();
	let directory = '';

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-replay-'));
	});
	afterEach(() => rm(directory, { recursive: true, force: true }));

	for (const kind of ['sqlite', 'postgres'] as const) {
		it(`loses and doubles nothing in a ${kind} store`, async () => {
			const { connectionString } = database;
			const options: StoreOptions =
				kind === 'sqlite'
					? { kind, directory }
					: { kind, connectionString, schema: database.newSchema() };
			await begin(options);
			const chance = seededChance(`replay ${kind}`);
			let [kills, lastMs, hasEnded] = [0, 400, false];
			while (!hasEnded) {
				const child = startChild('replayer.ts', [JSON.stringify(options)]);
				await child.waitFor('ready');
				// The one place where time is the point: the kill has to fall between any two steps.
				const kill = () => child.process.kill('SIGKILL');
				const end = kills < ROUNDS ? setTimeout(kill, chance() * lastMs) : undefined;
				hasEnded = await child.waitFor('ended').then(
					() => true,
					() => false,
				);
				await child.ended;
				clearTimeout(end);
				if (!hasEnded) kills++;
				lastMs *= 0.8;
			}
			assert.ok(kills > 0, 'it was killed');
			assert.deepEqual(
				await replayed(options),
				Array.from({ length: EVENTS }, (_, n) => ({ n, replay: true })),
			);
		});
	}

	/** Events are kept, their rows gone, and the replay is to begin. */
	async function begin(options: StoreOptions): Promise<void> {
		const store = await openStore(options);
		const pipeline = await openPipeline({ store });
		await pipeline.attachExport({ config: { ...REPLAYED, keep: {} } }, HOLDER).ready;
		const all = Array.from({ length: EVENTS }, (_, n) => createEvent({ body: { n, FILLER } }));
		for (let n = 0; n < EVENTS; n += 500) await pipeline.add(REPLAYED_ID, all.slice(n, n + 500));
		await pipeline.close();
		await store.purge({ exportId: REPLAYED_ID, what: 'all' });
		await replayKept({ store }, REPLAYED_ID, { confirm: EVENTS });
		await store.close();
	}

	/** What waits; and nothing is wrong in its store. */
	async function replayed(options: StoreOptions): Promise<{ n: number; replay: unknown }[]> {
		assert.ok(options.kind !== 'memory');
		const inspector = await openInspector(options);
		const found: { n: number; replay: unknown }[] = [];
		try {
			assert.deepEqual((await inspector.verify()).findings, []);
			const all = inspector.rows(['waiting', 'open', 'dead'], ({ message }) =>
				assert.fail(message),
			);
			for await (const slice of all)
				for (const { row } of slice)
					if (row.exportId === REPLAYED_ID)
						found.push({ n: JSON.parse(toText(row)).n, replay: row.replay });
		} finally {
			await inspector.close();
		}
		return found;
	}
});
