import type { Batch, Outcome } from '../buffer/store';
import type { ExportConfig } from '../config';
import type { Permit, RequestReport } from '../sink/sink';

/**
 * Whether batches of an export may leave now, beside everything that its store and its sink say: what health, rates and the like
 * decide. Asked often and answered from memory.
 */
export interface Gate {
	/**
	 * Asked before every claim. Undefined: open. Else nothing is claimed before this instant (milliseconds since the
	 * Unix epoch), when the gate is asked again; Infinity: before `onChange` tells of the export.
	 *
	 * @param asksPermits the sink asks before each request, so that a rate need not hold up its batches
	 */
	closedUntil(exportId: string, asksPermits?: boolean): number | undefined;
	/** Whether nothing counts its batches now: several may be claimed before one of them begins. @param asksPermits as above */
	isFree(exportId: string, asksPermits?: boolean): boolean;
	/** Asked before each request of a sink that makes several for one batch; may let it wait, best not after `signal`. */
	permit(
		exportId: string,
		signal: AbortSignal,
		batchId: string,
	): Promise<Exclude<Permit, 'aborted'>>;
	/** Calls the listener when the answer for an export has changed before its instant. Gives the way to stop that. */
	onChange(listener: (exportId: string) => void): () => void;
	/** An export is about to be delivered here; its deliveries begin when this has resolved. Never rejects. */
	attach?(exportId: string, o: AttachedToGate): Promise<void>;
	/** It is delivered here no more; what is to be kept is kept when this has resolved. Never rejects. */
	detach?(exportId: string): Promise<void>;
	/** A batch was claimed and goes to its sink; the next claim is asked for anew. @param asksPermits as above */
	began?(exportId: string, batchId: string, asksPermits?: boolean): void;
	/** What an attempt says of its destination, before it is settled. Absent: it counts. Never rejects. */
	judge?(ended: EndedAttempt): Promise<Verdict>;
	/** It is settled. */
	ended?(exportId: string, batchId: string): void;
	/** Something may have changed in the store: a state, another process. */
	reload?(): void;
}

/** What a gate is told of an export. */
export interface AttachedToGate extends Pick<ExportConfig, 'health' | 'origin' | 'label'> {
	/** Its sink is more than the flow of this host. */
	readonly isEndpoint: boolean;
}

export interface EndedAttempt {
	readonly batch: Pick<Batch, 'exportId' | 'id' | 'count' | 'output' | 'mappingRevision' | 'rows'>;
	/** What the sink makes of it. */
	readonly outcome: Outcome;
	/** The last request that failed. */
	readonly failed?: RequestReport | undefined;
}

/**
 * counts: as the schedule says · unreachable: it counts, but gives nothing up · probe: it counts no attempt · kept: no attempt, and
 * what the endpoint refused comes again, too.
 */
export type Verdict = 'counts' | 'unreachable' | 'probe' | 'kept';

/** Nothing holds up anything. */
export const OPEN_GATE: Gate = {
	closedUntil: () => undefined,
	isFree: () => true,
	permit: async () => 'granted',
	onChange: () => () => {},
};
