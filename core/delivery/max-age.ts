import type { Batch, Outcome } from '../buffer/store';
import { DeliveryError, type CoreError } from '../errors';
import { formatDuration } from '../pure/duration';

type Aged = Pick<Batch, 'count' | 'firstAt' | 'lastAt' | 'rows'>;

/**
 * Gives up the rows of a batch that would be older at their next attempt than they may be (D45, D50); the others come again as they would
 * have. Held rows stay: none of their attempts was made.
 *
 * @param planned with the instant of the next attempt
 * @throws what `batch.rows` throws
 */
export async function dropTooOld(
	planned: Outcome,
	batch: Aged,
	maxAgeMs: number,
): Promise<Outcome> {
	if (planned.kind !== 'retry' && planned.kind !== 'split') return planned;
	const at = planned.kind === 'retry' ? planned.at : planned.retryAt;
	if (at === undefined) return planned;
	const old = await tooOldAt(at, batch, maxAgeMs);
	const { answer } = planned;
	const error = expired(maxAgeMs, planned.error);
	if (planned.kind === 'split') {
		const gone = planned.retry.filter((i) => old.has(i));
		if (gone.length === 0) return planned;
		const retry = planned.retry.filter((i) => !old.has(i));
		return { ...planned, retry, dead: [...planned.dead, ...gone], error };
	}
	if (old.size === 0) return planned;
	const left = positionsOf(batch.count).filter((i) => !old.has(i));
	const told = { error, ...(answer ? { answer } : {}) };
	if (left.length === 0) return { kind: 'dead', ...told };
	const comesAgain = planned.counts === false ? { retry: [], hold: left } : { retry: left };
	return { kind: 'split', ...comesAgain, retryAt: at, dead: [...old], ...told };
}

/**
 * What becomes of a batch whose next attempt is late: the rows that are too old by now get none, the others are as if not claimed.
 * Undefined where all are young enough. A first attempt is always made, however long an event has waited, and so is that of a replay.
 */
export async function expiredBefore(
	now: number,
	batch: Aged & Pick<Batch, 'attempt'>,
	maxAgeMs: number,
): Promise<Outcome | undefined> {
	if (batch.attempt === 1) return undefined;
	const old = await tooOldAt(now, batch, maxAgeMs);
	if (old.size === 0) return undefined;
	const error = expired(maxAgeMs);
	const hold = positionsOf(batch.count).filter((i) => !old.has(i));
	if (hold.length === 0) return { kind: 'dead', error };
	return { kind: 'split', retry: [], hold, retryAt: now, dead: [...old], error };
}

/** Rows are read only where some are too old and others are not. */
async function tooOldAt(at: number, batch: Aged, maxAgeMs: number): Promise<Set<number>> {
	const since = at - maxAgeMs;
	if (Math.min(batch.firstAt, batch.lastAt) >= since) return new Set();
	if (Math.max(batch.firstAt, batch.lastAt) < since) return new Set(positionsOf(batch.count));
	const old = new Set<number>();
	let position = 0;
	for await (const rows of batch.rows()) {
		for (const { receivedAt } of rows) {
			if (receivedAt < since) old.add(position);
			position += 1;
		}
	}
	return old;
}

function expired(maxAgeMs: number, last?: CoreError): DeliveryError {
	const why = last ? `; the last error: ${last.message}` : '';
	const message = `older than retry.maxAgeMs, ${formatDuration(maxAgeMs)}${why}`;
	return new DeliveryError('ERR_DELIVERY_EXPIRED', message, {
		...(last ? { cause: last } : {}),
		details: { maxAgeMs, ...(last ? { lastCode: last.code } : {}) },
	});
}

function positionsOf(count: number): number[] {
	return Array.from({ length: count }, (_, position) => position);
}
