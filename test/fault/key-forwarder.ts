/**
 * A process that forwards rows of many keys to an HTTP endpoint under order key, for the tests that kill it. Arguments: ForwarderOptions
 * as JSON. Prints `ready` once it delivers, and `empty` when nothing is left; SIGTERM closes it in good order.
 */
import { writeSync } from 'node:fs';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { createEvent } from '../../core/event/create-event';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { anExportInput, HOLDER } from '../support/pipeline-fixtures';

export interface ForwarderOptions {
	readonly store: StoreOptions;
	readonly url: string;
	/** To be stored first. */
	readonly rows: readonly { readonly key: string; readonly seq: number }[];
}

const { store: place, url, rows } = JSON.parse(process.argv[2] ?? '') as ForwarderOptions;

async function run(): Promise<void> {
	const store = await openStore(place);
	const pipeline = await openPipeline({ store });
	let isClosing = false;
	process.on('SIGTERM', () => {
		isClosing = true;
		void pipeline
			.close()
			.then(() => store.close())
			.then(() => process.exit(0));
	});
	const config = anExportInput({
		receiverId: 'items:1',
		conditions: { count: 40, time: '1s', size: '1MB' },
		order: 'key',
		orderKeyPath: 'key',
		maxInFlight: 3,
		retry: { delaysMs: [...Array<number>(99).fill(20), 1_000], repeatLast: true, jitter: 0 },
		health: { breaker: false, giveUp: { action: 'nothing' } },
	});
	const sink = { kind: 'http', url, send: 'row', concurrency: 6 } as const;
	await pipeline.attachExport({ config, sink }, HOLDER).ready;
	if (rows.length > 0) {
		await pipeline.add(
			'items:1/main',
			rows.map((body) => createEvent({ body })),
		);
		say('stored');
	}
	say('ready');
	while (!isClosing) {
		const [left] = await store.counters();
		if (left && left.rows + left.openRows === 0) return say('empty');
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

/** At once: what is said is true whatever becomes of the process. */
function say(line: string): void {
	writeSync(1, `${line}\n`);
}

void run();
