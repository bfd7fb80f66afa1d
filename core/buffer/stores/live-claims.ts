import { ConfigError } from '../../errors';
import type { StoredExport } from '../store';

/**
 * Whether live rows of an export may be claimed ahead of older ones.
 *
 * @throws ConfigError where its order or its row ids say that older rows go first
 */
export function checkLive({ order, columns = [] }: Pick<StoredExport, 'order' | 'columns'>): void {
	if (order !== 'any') {
		throw new ConfigError('claim.liveMs', 'an export whose order is "any"', order);
	}
	if (columns.some(({ type }) => type === 'id')) {
		const expected = 'an export without "id" columns: row ids are given in order';
		throw new ConfigError('claim.liveMs', expected);
	}
}
