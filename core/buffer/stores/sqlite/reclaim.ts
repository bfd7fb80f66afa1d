import type { Engine } from './engine';
import { readPragma } from './pragmas';

const MIN_FREE_BYTES = 16 * 1024 ** 2;
const MIN_FREE_SHARE = 0.25;
/** A step of 20,000 pages failed on a nearly full disk, 2,000 worked (S47); it takes about 10 ms. */
const PAGES_PER_STEP = 2_000;
/** A moved page takes a page of the WAL first. */
const PAGES_PER_SMALL_STEP = 100;

/** Whether free pages are worth giving back to the disk (S47); on a nearly full one every page counts. */
export function hasPagesToReclaim({ connection }: Engine, isDiskNearlyFull: boolean): boolean {
	const read = (name: string) => Number(readPragma(connection, name));
	const freePages = read('freelist_count');
	if (freePages === 0 || isDiskNearlyFull) return freePages > 0;
	if (freePages * read('page_size') < MIN_FREE_BYTES) return false;
	return freePages >= read('page_count') * MIN_FREE_SHARE;
}

/** Gives free pages back to the disk, one step. */
export function reclaimPages({ connection }: Engine, isDiskNearlyFull: boolean): void {
	if (!isDiskNearlyFull) {
		connection.exec(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`);
		return;
	}
	// The WAL holds room that the step needs; without a checkpoint the file does not get shorter.
	connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	connection.exec(`PRAGMA incremental_vacuum(${PAGES_PER_SMALL_STEP})`);
	connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Bytes of the database, free pages included. */
export function databaseBytes({ connection }: Engine): number {
	const read = (name: string) => Number(readPragma(connection, name));
	return read('page_count') * read('page_size');
}
