import type { KnownExport } from '../../buffer/store';
import { ConfigError } from '../../errors';
import { keptExportId } from '../../pipeline/kept-export';
import { requireExport, type Operable } from '../operable';
import { endReplay } from './end-replay';
import { ask, type Confirm, type Question } from './confirm';
import { countersOf } from './counters-of';

export const PURGED = ['waiting', 'dead', 'all', 'kept'] as const;
export type Purged = (typeof PURGED)[number];

export interface PurgeResult {
	readonly exportId: string;
	readonly what: Purged;
	readonly rows: number;
}

/**
 * Removes what waits (in batches or not) and with it a replay that is under way, the dead letters, or both, counted; or the events that
 * are kept of its receiver, for all of its buffers. Without a confirmation of at least as many rows nothing is done.
 */
export async function purge(
	on: Operable,
	exportId: string,
	o: { readonly what: Purged; readonly confirm?: Confirm | undefined },
): Promise<Question | PurgeResult> {
	const { what } = o;
	if (!PURGED.includes(what)) throw new ConfigError('what', `one of ${PURGED.join(', ')}`, what);
	const known = await requireExport(on, exportId);
	if (what === 'kept') return purgeKept(on, exportId, known, o.confirm);
	const { rows = 0, openRows = 0, deadRows = 0 } = (await countersOf(on, exportId)) ?? {};
	const some = (what === 'dead' ? 0 : rows + openRows) + (what === 'waiting' ? 0 : deadRows);
	const question = ask(o.confirm, some, `purging "${what}" removes them for good`);
	if (question) return question;
	if (what !== 'dead') await endReplay(on, exportId);
	return { exportId, what, ...(await on.store.purge({ exportId, what })) };
}

async function purgeKept(
	on: Operable,
	exportId: string,
	{ receiverId }: KnownExport,
	confirm: Confirm | undefined,
): Promise<Question | PurgeResult> {
	const keptId = keptExportId(receiverId);
	const { rows = 0 } = (await countersOf(on, keptId)) ?? {};
	const question = ask(
		confirm,
		rows,
		'purging "kept" removes what no buffer of it can replay then',
	);
	if (question) return question;
	const isThere = await on.store.getExport(keptId);
	const purged = isThere ? await on.store.purge({ exportId: keptId, what: 'all' }) : { rows: 0 };
	return { exportId, what: 'kept', ...purged };
}
