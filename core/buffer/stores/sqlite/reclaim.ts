import { toNumber } from './connection';
import type { Engine } from './engine';

const MIN_FREE_BYTES = 16 * 1024 ** 2;
const MIN_FREE_SHARE = 0.25;
/** A step of 20,000 pages failed on a nearly full disk, 2,000 worked (S47); it takes about 10 ms. */
const PAGES_PER_STEP = 2_000;

/**
 * Gives free pages back to the disk, one step (S47).
 *
 * @returns whether there was something to do
 */
export function reclaimPages({ connection }: Engine, isDiskNearlyFull: boolean): boolean {
	const read = (name: string) => toNumber(Object.values(connection.get(`PRAGMA ${name}`) ?? {})[0]);
	const freePages = read('freelist_count');
	if (freePages * read('page_size') < MIN_FREE_BYTES) return false;
	if (freePages < read('page_count') * MIN_FREE_SHARE) return false;
	connection.exec(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`);
	// Otherwise the WAL is checkpointed by itself every 1,000 pages.
	if (isDiskNearlyFull) connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	return true;
}
