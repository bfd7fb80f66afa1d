/**
 * A process that carries out the replay of kept events of an export, for the test that kills it. Arguments: StoreOptions as JSON. Prints
 * `ready` when it begins, and `ended` when the replay has.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { readBook } from '../../core/pipeline/replays/replay-book';
import { HOLDER, RecordingSink } from '../support/pipeline-fixtures';

/** Rows stay: what waits is what was replayed. */
export const REPLAYED = { id: 'main', receiverId: 'items:r1', state: 'PAUSED' } as const;
export const REPLAYED_ID = `${REPLAYED.receiverId}/${REPLAYED.id}`;

async function run(): Promise<void> {
	const [options = ''] = process.argv.slice(2);
	const store = await openStore(JSON.parse(options) as StoreOptions);
	const pipeline = await openPipeline({ store });
	say('ready');
	const columns = [{ type: 'path', name: 'n', path: 'n' }] as const;
	const config = { ...REPLAYED, columns, keep: {} };
	await pipeline.attachExport({ config, ports: { sink: new RecordingSink() } }, HOLDER).ready;
	while ((await readBook(store.documents, REPLAYED_ID)).running) await sleep(5);
	say('ended');
	await pipeline.close();
	await store.close();
}

/** At once: what is said is true whatever becomes of the process. */
function say(line: string): void {
	writeSync(1, `${line}\n`);
}

if (process.argv[1]?.includes('replayer')) void run();
