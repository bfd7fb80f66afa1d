/**
 * A process that takes pushes to one receiver of a store beside others that do the same. Arguments: as JSON, see PushedToOptions. Prints
 * `listens <port>` once it does, and runs until it is killed.
 */
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import type { ReceiverInput } from '../../core/pipeline/parse-receiver';
import { createListener } from '../../core/receiver/listener/listener';
import { anExportInput, HOLDER } from '../support/pipeline-fixtures';

export interface PushedToOptions {
	readonly store: StoreOptions;
	readonly receiver: ReceiverInput;
}

async function run({ store: options, receiver }: PushedToOptions): Promise<void> {
	const store = await openStore(options);
	const pipeline = await openPipeline({ store });
	await pipeline.attachReceiver(receiver, [{ config: anExportInput() }], HOLDER).ready;
	const { mount, port } = await createListener({ port: 0 });
	mount({
		holder: HOLDER,
		path: '/in',
		secretInUrl: receiver.auth.some(({ kind }) => kind === 'url-secret'),
		handler: (request) => pipeline.accept(receiver.id, request),
	});
	console.log(`listens ${port}`);
}

if (process.argv[2] !== undefined && require.main === module) {
	void run(JSON.parse(process.argv[2]) as PushedToOptions);
}
