/**
 * Each row of a batch in a request of its own, as many at once as there are slots.
 *
 * A row that comes again ends the attempt, since the endpoint is down or wants a pause, and the rest would only fail as well, one timeout
 * after the other: no more are begun, those under way end, all others are held. Under order key rows of a key are never under way
 * together, and a row that fails by itself holds the later rows of its key alone (`is-endpoint-failure.ts` tells which do).
 */
import type { Batch, Outcome } from '../../buffer/store';
import type { UnreadableRow } from '../read-rows';
import type { Attempt, Permit } from '../sink';
import type { RequestOutcome } from './answer';
import type { HttpEndpoint } from './http-config';
import type { HttpTarget } from './http-target';
import { isEndpointFailure } from './is-endpoint-failure';
import type { RequestSlots, Slot } from './request-slots';
import { rowPusher } from './row-push';
import { RowSource, type RowToSend } from './row-source';
import { putAsideOf, settleRows, type TriedRow } from './settle-rows';
import { UnderWay } from './under-way';

/** So many rows that fail by themselves, one after the other, say that it is the endpoint after all. */
const MAX_FAILURES_IN_A_ROW = 10;

export interface SendRowsPorts {
	readonly target: HttpTarget;
	/** Of all batches of the sink. */
	readonly slots: RequestSlots;
	/** Rows of a key go one after the other. */
	readonly isKeyed: boolean;
}

/** @throws what `batch.rows` throws, after the end of all requests */
export async function sendRows(
	batch: Batch,
	attempt: Attempt,
	config: HttpEndpoint,
	{ target, slots, isKeyed }: SendRowsPorts,
): Promise<Outcome> {
	const { signal, onRequest } = attempt;
	const unreadable: UnreadableRow[] = [];
	const tried: TriedRow[] = [];
	const rows = new RowSource(batch, { render: rowPusher(batch, config), unreadable, isKeyed });
	const user = slots.user(attempt.isLive === true);
	const underWay = new UnderWay();
	const halt = new AbortController();
	let stoppedBy: Exclude<Permit, 'granted'> | undefined;
	let failuresInARow = 0;

	const endsAttempt = (outcome: RequestOutcome): boolean => {
		failuresInARow = outcome.kind === 'retry' ? failuresInARow + 1 : 0;
		if (outcome.kind !== 'retry') return false;
		return !isKeyed || failuresInARow >= MAX_FAILURES_IN_A_ROW || isEndpointFailure(outcome);
	};
	const send = async (row: RowToSend): Promise<void> => {
		const { body, options } = row.push;
		const { outcome } = await target.push(body, { ...options, signal, onRequest });
		// What we broke off ourselves says nothing about the row.
		if (signal.aborted && outcome.kind === 'retry') return;
		tried.push({ position: row.position, outcome });
		rows.ended(row, outcome.kind === 'retry');
		if (endsAttempt(outcome)) halt.abort();
	};
	const mayBegin = async (): Promise<boolean> => {
		const permit = await attempt.permit();
		if (permit !== 'granted') stoppedBy = permit;
		return permit === 'granted' && !halt.signal.aborted;
	};
	/** Only with a slot, so that no batch is read before it is its turn. @returns the next slot, where there may be more to send */
	const beginNext = async (slot: Slot): Promise<Slot | undefined> => {
		const before = underWay.ended;
		let row: Awaited<ReturnType<RowSource['next']>>;
		let isBegun = false;
		try {
			row = await rows.next();
			if (typeof row === 'object' && (await mayBegin())) {
				underWay.add(send(row).finally(slot.release));
				isBegun = true;
			}
		} finally {
			if (!isBegun) slot.release();
		}
		if (isBegun) return slot.next(halt.signal);
		if (row !== 'blocked') return undefined;
		await underWay.nextEnd(before);
		return slots.take(user, halt.signal);
	};

	const stop = (): void => halt.abort();
	if (signal.aborted) stop();
	else signal.addEventListener('abort', stop, { once: true });
	try {
		let slot = await slots.take(user, halt.signal);
		while (slot) slot = await beginNext(slot);
	} finally {
		await underWay.all();
		signal.removeEventListener('abort', stop);
		await rows.close();
	}
	if (signal.aborted) stoppedBy = 'aborted';
	attempt.onPutAside?.(putAsideOf(tried, unreadable));
	return settleRows(tried, { count: batch.count, unreadable, stoppedBy });
}
