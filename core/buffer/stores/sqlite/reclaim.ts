import type { Engine } from './engine';
import { readPragma } from './pragmas';

const MIN_FREE_BYTES = 16 * 1024 ** 2;
const MIN_FREE_SHARE = 0.25;
/** A step of 20,000 pages failed on a nearly full disk, 2,000 worked (S47); it takes about 10 ms. */
const PAGES_PER_STEP = 2_000;
/** A moved page takes a page of the WAL first. */
const PAGES_PER_SMALL_STEP = 100;

/**
 * Gives free pages back to the disk, one step (S47); on a nearly full disk every page counts.
 *
 * @returns whether there was something to do
 */
export function reclaimPages({ connection }: Engine, isDiskNearlyFull: boolean): boolean {
	const read = (name: string) => Number(readPragma(connection, name));
	const freePages = read('freelist_count');
	if (freePages === 0) return false;
	if (!isDiskNearlyFull && freePages * read('page_size') < MIN_FREE_BYTES) return false;
	if (!isDiskNearlyFull && freePages < read('page_count') * MIN_FREE_SHARE) return false;
	if (!isDiskNearlyFull) {
		connection.exec(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`);
		return true;
	}
	// The WAL holds room that the step needs; without a checkpoint the file does not get shorter.
	connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	connection.exec(`PRAGMA incremental_vacuum(${PAGES_PER_SMALL_STEP})`);
	connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	return true;
}

/** Bytes of the database, free pages included. */
export function databaseBytes({ connection }: Engine): number {
	const read = (name: string) => Number(readPragma(connection, name));
	return read('page_count') * read('page_size');
}
