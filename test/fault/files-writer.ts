/**
 * A process that takes events into a store and writes them to files, and prints what was taken. Arguments: FilesWriterOptions as JSON.
 * It goes on until it is killed; told to drain, it takes nothing, and ends when all is written.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../../core/buffer/open-store';
import { createEvent } from '../../core/event/create-event';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { anExportInput } from '../support/pipeline-fixtures';

export interface FilesWriterOptions {
	readonly store: string;
	readonly directory: string;
	/** First number of this process. */
	readonly from: number;
	readonly gzip: boolean;
	readonly drain?: boolean;
}

const {
	store: storeDirectory,
	directory,
	from,
	gzip,
	drain,
} = JSON.parse(process.argv[2] ?? '') as FilesWriterOptions;

async function run(): Promise<void> {
	const store = await openStore({ kind: 'sqlite', directory: storeDirectory });
	const pipeline = await openPipeline({ store });
	const attachment = pipeline.attachExport(
		{
			config: anExportInput({
				receiverId: 'items:n',
				columns: [{ type: 'path', name: 'n', path: 'n' }],
				output: 'record',
				conditions: { count: 3, time: '1s', size: '1MB' },
				retry: { delaysMs: [1_000], repeatLast: true, jitter: 0 },
				maxInFlight: 3,
			}),
			// Small, so that files begin and end all the time.
			sink: { kind: 'files', directory: 'out', name: '{number}', fileBytes: 1_024, gzip },
			ports: { directories: () => directory },
		},
		{ key: 'n', label: 'n' },
	);
	await attachment.ready;
	writeSync(1, 'ready\n');
	if (drain === true) {
		await pipeline.flush('items:n/main');
		for (;;) {
			const [counters] = await store.counters();
			if (counters && counters.rows + counters.openRows === 0) break;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		await pipeline.close();
		await store.close();
		return;
	}
	for (let n = from; ; n++) {
		await pipeline.add('items:n/main', [createEvent({ body: { n } })]);
		writeSync(1, `taken ${n}\n`);
	}
}

void run();
