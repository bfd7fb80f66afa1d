import { open, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '../../buffer/store';
import { newSecret } from '../../runtime/ids';
import type { Exchange } from '../exchange';
import { encodeRows } from '../formats/encode-rows';
import { findFormat } from '../formats/find-format';
import { withUnreadable, type UnreadableRow } from '../read-rows';
import type { Sink } from '../sink';
import { fileFault } from './file-fault';
import type { FilesSinkConfig } from './files-config';
import { ownFolder } from './own-folder';

const SHOWN_CHARACTERS = 2_000;

/**
 * Tries a directory: writes a batch into a file beside all others, syncs it, shows what was written, and takes it away again. What is
 * written otherwise stays as it is.
 */
export function createFilesTrial(
	config: FilesSinkConfig,
	o: { readonly directory: string; readonly onExchange: (exchange: Exchange) => void },
): Sink {
	return {
		async deliver(batch) {
			const startedAt = performance.now();
			const unreadable: UnreadableRow[] = [];
			const bytes = await textOf(batch, config, unreadable);
			const text = bytes.toString();
			const request = {
				method: 'WRITE',
				url: o.directory,
				headers: {},
				body: {
					bytes: bytes.length,
					text: text.slice(0, SHOWN_CHARACTERS),
					...(text.length > SHOWN_CHARACTERS ? { isCut: true as const } : {}),
				},
			};
			const show = (more: Pick<Exchange, 'error'> = {}): void =>
				o.onExchange({ request, ...more, durationMs: performance.now() - startedAt });
			try {
				await tryWriting(o.directory, bytes);
				show();
				return withUnreadable(
					unreadable.length < batch.count ? { kind: 'ack' } : undefined,
					unreadable,
				);
			} catch (error) {
				const fault = fileFault(error, { name: config.directory, path: o.directory });
				show({ error: { code: fault.code, message: fault.message } });
				return { kind: 'retry', error: fault };
			}
		},
	};
}

async function textOf(
	batch: Batch,
	{ format = 'ndjson', csvHeader }: FilesSinkConfig,
	unreadable: UnreadableRow[],
): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	for await (const { bytes } of encodeRows(batch, findFormat(format, { csvHeader }), {
		unreadable,
	}))
		parts.push(bytes);
	return Buffer.concat(parts);
}

async function tryWriting(directory: string, bytes: Uint8Array): Promise<void> {
	const path = join(await ownFolder(await realpath(directory)), `test-${newSecret(8)}`);
	const handle = await open(path, 'wx', 0o600);
	try {
		await handle.writeFile(bytes);
		await handle.sync();
	} finally {
		await handle.close();
		await rm(path, { force: true });
	}
}
