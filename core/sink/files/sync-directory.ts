import { open } from 'node:fs/promises';

/** Names in a directory are on the disk only when it was synced. */
export async function syncDirectory(path: string): Promise<void> {
	if (process.platform === 'win32') return; // where a directory cannot be opened
	const directory = await open(path, 'r');
	try {
		await directory.sync();
	} finally {
		await directory.close();
	}
}
