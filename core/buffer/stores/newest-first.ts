import { ConfigError } from '../../errors';
import type { StoredExport } from '../store';

const PATH = 'claim.newestFirst';

/**
 * Whether an export may be claimed from newest first.
 *
 * @throws ConfigError where its order or its row ids say that older rows go first
 */
export function checkNewestFirst({ order, columns = [] }: Pick<StoredExport, 'order' | 'columns'>) {
	if (order !== 'any') throw new ConfigError(PATH, 'an export whose order is "any"', order);
	if (columns.some(({ type }) => type === 'id')) {
		throw new ConfigError(PATH, 'an export without "id" columns: row ids are given in order');
	}
}

/** What of the newest rows is taken. */
export interface NewestRange {
	/** Store time: the first row that came before it ends the range, and so does one with a sequenceKey; absent: neither does. */
	readonly from?: number | undefined;
}

/** A row with such a key would go before others of its key. */
export function keyedRow(): ConfigError {
	return new ConfigError(PATH, 'rows without a sequenceKey: those of a key go in their order');
}
