import type { Split } from '../config';
import type { MetricsView, ReceiverMetrics } from '../metrics/metrics';
import type { Alert } from '../alerts/alert';
import type { RequestTotals } from '../metrics/request-totals';
import type { ActiveAlert } from '../alerts/alerts';
import type { HealthView } from '../health/health-view';
import type { SecretsInUse } from '../receiver/secret-uses';
import type { ClosedBatch } from './last-closed';
import type { ShownWay } from '../signature/shown-way';
import type { PathMisses } from './path-misses';
import type { RateMeter } from './rates';
import type { ReplayView } from './replays/replayer';
import type { RequestCounts } from './request-counts';

/** What a pipeline holds and has seen, of what no store knows. */
export interface Held {
	readonly receivers: readonly HeldReceiver[];
	/** By full id. */
	readonly exports: ReadonlyMap<string, HeldExport>;
	readonly rates: RateMeter;
	/** What holds now and was told. */
	readonly alerts: readonly ActiveAlert[];
	/** Those of the store, as they were told: they lie nowhere for who comes later. */
	readonly storeAlerts: readonly Alert[];
}

export interface HeldReceiver {
	readonly id: string;
	readonly label: string;
	/** By which senders are let in: kinds and fields of schemes, without any secret. */
	readonly ways: readonly ShownWay[];
	/** Into what a request is split. */
	readonly split: Split;
	/**
	 * Where senders push to, without the origin where the host does not know it. Absent where a secret is part of it, and where the host does
	 * not know.
	 */
	readonly pushUrl?: string;
	/** Events that were let in since it was first attached here, whatever became of them. */
	readonly accepted: number;
	/** Requests, since then. */
	readonly refused: number;
	/** Of the refused: by a limit of the receiver. */
	readonly limited: number;
	/** Of the events: known by a key of their producer, and copies of a request that somebody sent again. */
	readonly duplicates: number;
	readonly replays: number;
	/** Of the events: older than another one of their device and type, and dropped for it. */
	readonly stale: number;
	/** All of it, by what became of events and by the code of the error. */
	readonly counts: RequestCounts;
	/** When each of its secrets was used last; absent where it has none. */
	readonly secretUse?: SecretsInUse;
	/** When the secret of its URL was renewed last, milliseconds since the Unix epoch. */
	readonly urlSecretRenewedAt?: number;
	readonly pathMisses: PathMisses;
	/** Events taken and requests refused in the last three hours, as far as this process knows. */
	readonly metrics?: ReceiverMetrics;
}

export interface HeldExport {
	readonly label: string;
	/** Label of who holds it. */
	readonly holder: string;
	/** Whether its sink takes batches now, or has nobody to hand them to; `none`: rows are only appended here. */
	readonly sink: 'ready' | 'waiting' | 'none';
	/** Batches with the sink. */
	readonly inFlight: number;
	/** Events that were accepted and that its filter left out, in all; of other processes as of the last write here. */
	readonly leftOut: number;
	/** Of its destination; absent where its batches are delivered elsewhere. */
	readonly health?: HealthView;
	/** Of the last three hours, as far as this process knows; `readMetrics` asks the store. */
	readonly metrics?: MetricsView;
	/** Which batch was closed last, and why; absent where none has left here since it was attached. */
	readonly lastBatch?: ClosedBatch;
	/** Requests to its destination since this process first held it; absent where rows are only appended here. */
	readonly requests?: RequestTotals;
	/** Where its batches go, without user info and query; absent for the flow. */
	readonly destination?: string;
	/** Of kept events, under way or waiting for a person. */
	readonly replay?: ReplayView;
}
