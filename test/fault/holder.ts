/**
 * A process that holds exports of a shared store, for the tests that ask others about it. Arguments: HolderOptions as JSON. Prints `held`,
 * and lives until it is killed or its input ends.
 */
import { writeSync } from 'node:fs';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { anExportInput, RecordingSink } from '../support/pipeline-fixtures';

export interface HolderOptions {
	readonly store: StoreOptions;
	readonly takes: readonly string[];
	readonly adds: readonly string[];
}

const options = JSON.parse(process.argv[2] ?? '') as HolderOptions;

async function run(): Promise<void> {
	const store = await openStore(options.store);
	const pipeline = await openPipeline({ store });
	const attach = (id: string, sink?: RecordingSink) =>
		pipeline.attachExport(
			{
				config: anExportInput({ receiverId: `items:${id}`, label: id }),
				...(sink ? { ports: { sink } } : {}),
			},
			{ key: id, label: `node ${id}` },
		);
	for (const id of options.takes) await attach(id, new RecordingSink()).ready;
	for (const id of options.adds) await attach(id).ready;
	writeSync(1, 'held\n');
}

void run();
