import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';

export interface Output {
	/** Resolves when there is room for more. */
	write(text: string): Promise<void>;
	end(): Promise<void>;
}

/**
 * Standard output, or a file that is made (an existing one is not overwritten).
 *
 * @throws the error of the file system
 */
export async function openOutput(path: string | undefined): Promise<Output> {
	if (path === undefined) return toOutput(process.stdout, async () => {});
	const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
	await once(file, 'open');
	return toOutput(file, async () => {
		file.end();
		await finished(file);
	});
}

export async function writeText(text: string): Promise<void> {
	await (await openOutput(undefined)).write(text);
}

function toOutput(stream: Writable, end: () => Promise<void>): Output {
	// An error is seen by the write that it befell, also one that comes between writes.
	let failure: Error | undefined;
	stream.once('error', (error) => (failure = error));
	return {
		async write(text) {
			if (failure !== undefined) throw failure;
			await new Promise<void>((resolve, reject) => {
				stream.write(text, (error) => (error == null ? resolve() : reject(error)));
			});
		},
		end,
	};
}
