import { statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a write-ahead log stands beside a database file that is empty or gone, as a power loss or a hand may leave it. No running
 * store is like that: SQLite writes the first page of the file before it makes the log. It removes such a log without a word, and
 * with it every row that was not yet moved to the file; so it is salvaged as beside a file of random bytes (S51).
 */
export function hasOrphanedWal(directory: string): boolean {
	return sizeOf(join(directory, 'store.db')) === 0 && sizeOf(join(directory, 'store.db-wal')) > 0;
}

/** 0 where there is none. */
export function sizeOf(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
