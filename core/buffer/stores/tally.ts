import type { ExportState } from '../../config';
import type { Counters } from '../store';

/** The numbers of one export while they change; `toCounters` shows them. */
export interface Tally {
	rows: number;
	bytes: number;
	/** Of these what a claim has passed over (order: key). */
	heldRows: number;
	heldBytes: number;
	openBatches: number;
	openRows: number;
	/** Also counts for the receiver's quota (S43). */
	openBytes: number;
	deadBatches: number;
	deadRows: number;
	deadBytes: number;
	acceptedTotal: number;
	ackedTotal: number;
	droppedTotal: number;
	droppedSinceDisabled: number;
	purgedTotal: number;
	buriedTotal: number;
}

/** How an export stands with its destination; `toCounters` shows it. Wall time. */
export type Attempts = Pick<
	Counters,
	'retryingBatches' | 'retryingRows' | 'retryingOldestAt' | 'nextAttemptAt' | 'lastFailure'
>;

export const NO_ATTEMPTS: Attempts = {
	retryingBatches: 0,
	retryingRows: 0,
	retryingOldestAt: undefined,
	nextAttemptAt: undefined,
	lastFailure: undefined,
};

export function newTally(): Tally {
	return {
		rows: 0,
		bytes: 0,
		heldRows: 0,
		heldBytes: 0,
		openBatches: 0,
		openRows: 0,
		openBytes: 0,
		deadBatches: 0,
		deadRows: 0,
		deadBytes: 0,
		acceptedTotal: 0,
		ackedTotal: 0,
		droppedTotal: 0,
		droppedSinceDisabled: 0,
		purgedTotal: 0,
		buriedTotal: 0,
	};
}

/** Whether nothing of an export is left: one that is being removed is gone then. */
export function isEmpty({ rows, openBatches, deadBatches }: Tally): boolean {
	return rows + openBatches + deadBatches === 0;
}

/** A batch becomes open (+1) or stops being open (-1). */
export function countOpen(tally: Tally, batch: { count: number; sizeBytes: number }, sign: 1 | -1) {
	tally.openBatches += sign;
	tally.openRows += sign * batch.count;
	tally.openBytes += sign * batch.sizeBytes;
}

/** A batch becomes dead (+1) or stops being dead (-1). */
export function countDead(
	tally: Tally,
	batch: { count: number; sizeBytes: number; answerBytes: number },
	sign: 1 | -1,
) {
	tally.deadBatches += sign;
	tally.deadRows += sign * batch.count;
	tally.deadBytes += sign * (batch.sizeBytes + batch.answerBytes);
	if (sign === 1) tally.buriedTotal += batch.count;
}

/** Rows that came while their export was disabled. */
export function countDropped(tally: Tally, rows: number): void {
	tally.droppedTotal += rows;
	tally.droppedSinceDisabled += rows;
}

export function toCounters(
	exportId: string,
	state: ExportState,
	oldestAt: number | undefined,
	tally: Tally,
	attempts: Attempts,
): Counters {
	const { openBytes: _, ...shown } = tally;
	return { exportId, state, oldestAt, ...shown, ...attempts };
}
