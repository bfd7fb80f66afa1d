/**
 * A process that changes definitions, for the tests that kill it or race two of them. Arguments: DefinerOptions as JSON.
 */
import { writeSync } from 'node:fs';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { CoreError } from '../../core/errors';
import { readDefinition } from '../../core/definitions/read-definition';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { attachStored } from '../../core/pipeline/stored-definitions';
import { anExportInput, OPEN } from '../support/pipeline-fixtures';

export interface DefinerOptions {
	readonly store: StoreOptions;
	/** dies: says so between put and attach, and stays there. counts: adds 1 to the receiver's bound that often. */
	readonly task: { readonly kind: 'dies' } | { readonly kind: 'counts'; readonly times: number };
}

const { store: options, task } = JSON.parse(process.argv[2] ?? '') as DefinerOptions;

async function run(): Promise<void> {
	const store = await openStore(options);
	const pipeline = await openPipeline({ store });
	const report = (): void => {};
	const api = await attachStored({ pipeline, holder: { key: 'api', label: 'api' }, report });
	if (task.kind === 'counts') {
		for (let done = 0; done < task.times;) if (await addOne()) done++;
		await api.close();
		await pipeline.close();
		await store.close();
		return say('done');
	}
	await api.putReceiver({ id: 'r1', auth: OPEN });
	// What is put is on disk now; what comes next never happens.
	store.putExport = () => {
		say('put');
		return new Promise(() => {});
	};
	await api.putExport({ config: anExportInput() });

	async function addOne(): Promise<boolean> {
		const read = await readDefinition(store.documents, 'receiver', 'r1');
		const maxBodyBytes = (read?.definition.config.maxBodyBytes ?? 0) + 1;
		const config = { id: 'r1', auth: OPEN, maxBodyBytes };
		try {
			await api.putReceiver(config, { ifRevision: read?.revision ?? 0 });
			return true;
		} catch (error) {
			if (error instanceof CoreError && error.code === 'ERR_DOCUMENT_CONFLICT') return false;
			throw error;
		}
	}
}

function say(line: string): void {
	writeSync(1, `${line}\n`);
}

void run();
