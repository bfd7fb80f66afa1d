import type { Permit } from '../sink/sink';

/**
 * Whether batches of an export may leave now, beside everything that its store and its sink say: what health, rates and the like
 * decide. Asked often and answered from memory.
 */
export interface Gate {
	/**
	 * Asked before every claim. Undefined: open. Else nothing is claimed and nothing wakes before this instant (milliseconds since the
	 * Unix epoch), when the gate is asked again; Infinity: before `onChange` tells of the export.
	 */
	closedUntil(exportId: string): number | undefined;
	/** Asked before each request of a sink that makes several for one batch; may let it wait, best not after `signal`. */
	permit(exportId: string, signal: AbortSignal): Promise<Exclude<Permit, 'aborted'>>;
	/** Calls the listener when the answer for an export has changed before its instant. Gives the way to stop that. */
	onChange(listener: (exportId: string) => void): () => void;
}

/** Nothing holds up anything. */
export const OPEN_GATE: Gate = {
	closedUntil: () => undefined,
	permit: async () => 'granted',
	onChange: () => () => {},
};
