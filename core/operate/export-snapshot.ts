import { type ExportState, isDisabled } from '../config';
import type { Counters, Failure } from '../buffer/store';
import type { HealthView } from '../health/health-view';
import type { MetricsView } from '../metrics/metrics';
import type { RequestTotals } from '../metrics/request-totals';
import type { Held, HeldExport } from '../pipeline/held';
import type { ClosedBatch } from '../pipeline/last-closed';
import type { Elsewhere } from '../pipeline/presence';
import type { Rates } from '../pipeline/rates';
import type { ReplayView } from '../pipeline/replays/replayer';

export interface KeptEvents {
	readonly events: number;
	readonly bytes: number;
	/** When the oldest of them came. */
	readonly since?: number;
}

/** How one export stands; each row is counted once, wherever it is. Instants are milliseconds since the Unix epoch. */
export interface ExportSnapshot {
	/** Full id. */
	readonly exportId: string;
	/** Absent where neither this process nor the store was asked. */
	readonly label?: string;
	readonly state: ExportState;
	/** Label of who holds it in this process; absent where nobody does. */
	readonly heldBy?: string;
	/** Another process that holds it, where several share the store and nobody here does. */
	readonly heldElsewhere?: string;
	/**
	 * Whether somebody takes its batches, here or in another process. `no`: its rows are kept, and wait for someone who does. `unknown`:
	 * no host has the store now, or it was not asked.
	 */
	readonly taken: 'yes' | 'no' | 'unknown';
	/** Not yet in a batch. */
	readonly waiting: { readonly rows: number; readonly bytes: number; readonly oldestAt?: number };
	/** With the sink now. */
	readonly open: { readonly batches: number; readonly rows: number };
	/** In batches that wait for their next attempt. */
	readonly retrying: {
		readonly batches: number;
		readonly rows: number;
		/** When the oldest row of them came. */
		readonly oldestAt?: number;
		/** When the first of them is due; one that is not in the future means now. */
		readonly nextAttemptAt?: number;
	};
	/** The newest of what is kept, in open batches and dead letters, as `Counters`. */
	readonly lastFailure?: Failure;
	readonly dead: { readonly batches: number; readonly rows: number; readonly bytes: number };
	/** Of its destination: breaker, giving up; as this process knows it. */
	readonly health?: HealthView;
	/** Of the last three hours, as far as this process knows; `readMetrics` asks the store. */
	readonly metrics?: MetricsView;
	/** Which batch was closed last, and why; absent where none has left here since it was attached. */
	readonly lastBatch?: ClosedBatch;
	/** Requests to its destination since this process first held it. */
	readonly requests?: RequestTotals;
	/** Where its batches go, without user info and query. */
	readonly destination?: string;
	/** Absent until ten seconds were seen. */
	readonly rates?: Rates;
	/**
	 * Events that its filter left out, in all; those of other processes as of the last write here. Absent where nobody here holds it.
	 */
	readonly leftOut?: number;
	/**
	 * Events that are kept for replays, of all exports of its receiver together; absent where nothing is. They count as nothing else of
	 * the export.
	 */
	readonly kept?: KeptEvents;
	/** A replay of them, where it is carried out here: under way, or waiting for a person. */
	readonly replay?: ReplayView;
	/** Rows that it has cost that the export is disabled, since it is; absent where it is not. */
	readonly droppedSinceDisabled?: number;
	/** Rows since the export exists, as `Counters`. */
	readonly totals: {
		readonly accepted: number;
		readonly acked: number;
		readonly dropped: number;
		readonly purged: number;
		readonly buried: number;
	};
}

/** Pure. @param o.isShared whether others may hold what is not known here. @param o.elsewhere what is known of them */
export function describeExport(
	counters: Counters,
	o: {
		readonly held?: Held | undefined;
		readonly elsewhere?: Elsewhere | undefined;
		readonly isShared: boolean;
		readonly at: number;
		/** Of its receiver. */
		readonly kept?: Counters | undefined;
	},
): ExportSnapshot {
	const { exportId, state, oldestAt, retryingOldestAt, nextAttemptAt, lastFailure } = counters;
	const here = o.held?.exports.get(exportId);
	const rates = o.held?.rates.read(counters, o.at);
	return {
		exportId,
		...(here ? { label: here.label, heldBy: here.holder } : {}),
		...(!here && o.elsewhere ? { heldElsewhere: o.elsewhere.process } : {}),
		state,
		taken: takenBy(here?.sink, o),
		waiting: {
			rows: counters.rows,
			bytes: counters.bytes,
			...(oldestAt === undefined ? {} : { oldestAt }),
		},
		open: {
			batches: counters.openBatches - counters.retryingBatches,
			rows: counters.openRows - counters.retryingRows,
		},
		retrying: {
			batches: counters.retryingBatches,
			rows: counters.retryingRows,
			...(retryingOldestAt === undefined ? {} : { oldestAt: retryingOldestAt }),
			...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
		},
		...(lastFailure ? { lastFailure } : {}),
		dead: {
			batches: counters.deadBatches,
			rows: counters.deadRows,
			bytes: counters.deadBytes,
		},
		...(here?.health ? { health: here.health } : {}),
		...(here?.metrics ? { metrics: here.metrics } : {}),
		...(here?.lastBatch ? { lastBatch: here.lastBatch } : {}),
		...(here?.requests ? { requests: here.requests } : {}),
		...(here?.destination === undefined ? {} : { destination: here.destination }),
		...(rates ? { rates } : {}),
		...(here ? { leftOut: here.leftOut } : {}),
		...(o.kept ? { kept: describeKept(o.kept) } : {}),
		...(here?.replay ? { replay: here.replay } : {}),
		...(isDisabled(counters) ? { droppedSinceDisabled: counters.droppedSinceDisabled } : {}),
		totals: {
			accepted: counters.acceptedTotal,
			acked: counters.ackedTotal,
			dropped: counters.droppedTotal,
			purged: counters.purgedTotal,
			buried: counters.buriedTotal,
		},
	};
}

function describeKept({ rows: events, bytes, oldestAt }: Counters): KeptEvents {
	return { events, bytes, ...(oldestAt === undefined ? {} : { since: oldestAt }) };
}

function takenBy(
	here: HeldExport['sink'] | undefined,
	o: { readonly elsewhere?: Elsewhere | undefined; readonly isShared: boolean },
): ExportSnapshot['taken'] {
	if (here === 'ready' || o.elsewhere?.isTaken) return 'yes';
	return here === 'waiting' || !o.isShared ? 'no' : 'unknown';
}
