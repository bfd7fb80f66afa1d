import { isDisabled } from '../../config';
import { requireExport, type Operable } from '../operable';
import { ask, type Confirm, type Question } from './confirm';
import { countersOf } from './counters-of';
import { endReplay } from './end-replay';
import type { StateChange } from './states';

/**
 * Drops what waits (D53), ends a replay of kept events, and whatever comes until it is enabled; both are counted. Dead letters stay. Without a confirmation of at
 * least as many rows as wait nothing is done. Pause is what keeps them.
 */
export async function disable(
	on: Operable,
	exportId: string,
	o: { readonly confirm?: Confirm | undefined } = {},
): Promise<Question | (StateChange & { readonly dropped: number })> {
	const known = await requireExport(on, exportId);
	const { rows = 0, openRows = 0 } = (await countersOf(on, exportId)) ?? {};
	const waiting = rows + openRows;
	const question = ask(o.confirm, waiting, 'disabling drops what waits, and what comes meanwhile');
	if (question) return question;
	const state = isDisabled(known) ? known.state : 'USER_DISABLED';
	await endReplay(on, exportId);
	const { was, dropped } = await on.store.setState(exportId, state);
	// What is on its way sends no more.
	on.claimDue?.();
	return { exportId, state, was, rows: 0, dropped };
}
