import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Names in a directory are on the disk only when it was synced. */
export function syncDirectory(path: string): void {
	if (process.platform === 'win32') return; // where a directory cannot be opened
	const directory = openSync(path, 'r');
	try {
		fsyncSync(directory);
	} finally {
		closeSync(directory);
	}
}
