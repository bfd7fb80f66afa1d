/** What core tells, as items carry it: instants in ISO 8601, buffers by the name that other operations take. */
import type { IDataObject } from 'n8n-workflow';
import {
	summarize,
	summaryLine,
	type Delivery,
	type ExportSnapshot,
	type Snapshot,
} from '../../core/index';
import { bufferNameAmong } from '../shared/action-store';

/** One buffer of a snapshot. */
export function shownBuffer(one: ExportSnapshot, snapshot: Snapshot): IDataObject {
	const ids = snapshot.exports.map(({ exportId }) => exportId);
	const { exportId, label, state, heldBy, heldElsewhere, waiting, open, retrying, dead, rates } =
		one;
	const receivers = snapshot.receivers.filter(({ id }) => exportId.startsWith(`${id}/`));
	const summary = summarize({ at: snapshot.at, exports: [one], receivers });
	return {
		buffer: bufferNameAmong(exportId, ids),
		...(label === undefined ? {} : { label }),
		state,
		level: summary.level,
		summary: summaryLine(summary, snapshot.at),
		waiting: { ...waiting, oldestAt: instant(waiting.oldestAt) },
		open: { ...open },
		retrying: shownRetrying(retrying),
		lastFailure: one.lastFailure ? { ...one.lastFailure, at: instant(one.lastFailure.at) } : null,
		dead: { ...dead },
		lastBatch: one.lastBatch ? { ...one.lastBatch, at: instant(one.lastBatch.at) } : null,
		rates: rates ? { ...rates } : null,
		totals: { ...one.totals },
		kept: one.kept ? { ...one.kept, since: instant(one.kept.since) } : null,
		replay: one.replay ? { ...one.replay } : null,
		store: {
			kind: snapshot.store.kind,
			diskBytes: snapshot.store.diskBytes,
			freeBytes: snapshot.store.freeBytes ?? null,
			warnings: [...snapshot.store.warnings],
		},
		// In queue mode the main holds it, and a worker asks.
		isActive: heldBy !== undefined || heldElsewhere !== undefined,
	};
}

/** Of batches that wait for their next attempt. */
export function shownRetrying(retrying: ExportSnapshot['retrying']): IDataObject {
	const { oldestAt, nextAttemptAt } = retrying;
	return { ...retrying, oldestAt: instant(oldestAt), nextAttemptAt: instant(nextAttemptAt) };
}

export function instant(at: number | undefined): string | null {
	return at === undefined ? null : new Date(at).toISOString();
}

/** One request to a destination. */
export function shownDelivery({ at, ...delivery }: Delivery): IDataObject {
	const { error } = delivery;
	return { at: instant(at), ...delivery, ...(error ? { error: { ...error } } : {}) };
}
