import type { Counters } from '../../../core/buffer/store';
import { describeExport, type ExportSnapshot } from '../../../core/operate/export-snapshot';

function aCounters(given: Partial<Counters> = {}): Counters {
	return {
		exportId: 'r/main',
		state: 'ACTIVE',
		rows: 0,
		bytes: 0,
		heldRows: 0,
		heldBytes: 0,
		oldestAt: undefined,
		openBatches: 0,
		openRows: 0,
		retryingBatches: 0,
		retryingRows: 0,
		retryingOldestAt: undefined,
		nextAttemptAt: undefined,
		lastFailure: undefined,
		deadBatches: 0,
		deadRows: 0,
		deadBytes: 0,
		acceptedTotal: 0,
		ackedTotal: 0,
		droppedTotal: 0,
		droppedSinceDisabled: 0,
		purgedTotal: 0,
		buriedTotal: 0,
		...given,
	};
}

/** Of counters; somebody takes its batches unless told otherwise. */
export function anExport(
	given: Partial<Counters> = {},
	more: Partial<ExportSnapshot> = {},
): ExportSnapshot {
	return {
		...describeExport(aCounters(given), { isShared: false, at: 0 }),
		taken: 'yes',
		...more,
	};
}
