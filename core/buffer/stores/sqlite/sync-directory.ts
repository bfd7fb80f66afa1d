import { fsyncSync } from 'node:fs';
import { Descriptor } from './descriptor';

/** Names in a directory are on the disk only when it was synced. */
export function syncDirectory(path: string): void {
	if (process.platform === 'win32') return; // where a directory cannot be opened
	const directory = new Descriptor(path, 'r');
	try {
		fsyncSync(directory.number);
	} finally {
		directory.close();
	}
}
