import { ConfigError } from '../../errors';
import { requireExport, type Operable } from '../operable';
import { ask, type Confirm, type Question } from './confirm';
import { countersOf } from './counters-of';

export const PURGED = ['waiting', 'dead', 'all'] as const;
export type Purged = (typeof PURGED)[number];

/**
 * Removes what waits (in batches or not), the dead letters, or both, counted. Without a confirmation of at least as many rows nothing
 * is done.
 */
export async function purge(
	on: Operable,
	exportId: string,
	o: { readonly what: Purged; readonly confirm?: Confirm | undefined },
): Promise<Question | { exportId: string; what: Purged; rows: number }> {
	const { what } = o;
	if (!PURGED.includes(what)) throw new ConfigError('what', `one of ${PURGED.join(', ')}`, what);
	await requireExport(on, exportId);
	const { rows = 0, openRows = 0, deadRows = 0 } = (await countersOf(on, exportId)) ?? {};
	const some = (what === 'dead' ? 0 : rows + openRows) + (what === 'waiting' ? 0 : deadRows);
	const question = ask(o.confirm, some, `purging "${what}" removes them for good`);
	if (question) return question;
	return { exportId, what, ...(await on.store.purge({ exportId, what })) };
}
