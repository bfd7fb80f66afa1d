import type { EndpointAnswer } from '../buffer/store';
import type { HealthView } from '../health/health-view';
import type { PathMisses } from './path-misses';
import type { RateMeter } from './rates';

/** What a pipeline holds and has seen, of what no store knows. */
export interface Held {
	readonly receivers: readonly HeldReceiver[];
	/** By full id. */
	readonly exports: ReadonlyMap<string, HeldExport>;
	readonly rates: RateMeter;
}

export interface HeldReceiver {
	readonly id: string;
	readonly label: string;
	/** Requests since it was first attached here. */
	readonly accepted: number;
	readonly refused: number;
	readonly pathMisses: PathMisses;
}

export interface HeldExport {
	readonly label: string;
	/** Label of who holds it. */
	readonly holder: string;
	/** Whether its sink takes batches now, or has nobody to hand them to; `none`: rows are only appended here. */
	readonly sink: 'ready' | 'waiting' | 'none';
	/** Batches with the sink. */
	readonly inFlight: number;
	/** Of its newest attempt, where that failed; since it was attached here. */
	readonly lastFailure?: LastFailure;
	/** Of its destination; absent where its batches are delivered elsewhere. */
	readonly health?: HealthView;
}

export interface LastFailure {
	/** When the attempt began, milliseconds since the Unix epoch. */
	readonly at: number;
	readonly code: string;
	readonly message: string;
	/** What the endpoint said, where it answered. */
	readonly answer?: EndpointAnswer;
}
