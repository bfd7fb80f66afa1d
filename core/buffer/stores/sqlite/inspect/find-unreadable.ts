import { toBatch } from '../batches';
import { type Connection, toText } from '../connection';
import { SELECT_ALL_OF_EXPORT } from '../sql';
import type { Untouched } from './open-untouched';
import { isUnreadable, toReason } from './read-failed';
import { readingEngine } from './reading-engine';

/**
 * What keeps SQLite from giving everything, in words. Takes about as long as reading the file: a page that is met in the
 * middle of a walk would be too late, and an index that says less than its table is not met at all.
 */
export function findUnreadable(untouched: Untouched): string | undefined {
	const { connection } = untouched;
	try {
		const [found] = checkPages(connection, 'integrity_check', 1);
		if (found !== undefined) return found;
		const engine = readingEngine(untouched, 0);
		for (const { number } of engine.exportsById.values()) {
			for (const batch of connection.all(SELECT_ALL_OF_EXPORT, number)) toBatch(engine, batch);
		}
		return undefined;
	} catch (error) {
		if (!isUnreadable(error)) throw error;
		return toReason(error);
	}
}

/** What SQLite finds wrong with its own pages, at most so many things; the quick check leaves out what indexes say. */
export function checkPages(
	connection: Connection,
	check: 'integrity_check' | 'quick_check',
	limit: number,
): string[] {
	return connection
		.all(`PRAGMA ${check}(${limit})`)
		.flatMap((row) => toText(row[check]).split('\n'))
		.filter((line) => line !== 'ok' && line !== '' && !line.startsWith('***'));
}
