import type { AttemptReport } from '../delivery/attempt';

/** The newest batch of an export that was delivered here for the first time. */
export interface ClosedBatch {
	/** When its delivery began, milliseconds since the Unix epoch. */
	readonly at: number;
	readonly rows: number;
	/** Why it was closed, as `Batch`. */
	readonly reason: string;
}

/** By full id, of what is attached. */
export class LastClosed {
	readonly #closed = new Map<string, ClosedBatch>();

	/** A later attempt is of a batch that was told before. */
	attempted({ exportId, number, startedAt, count, reason }: AttemptReport): void {
		if (number === 1) this.#closed.set(exportId, { at: startedAt, rows: count, reason });
	}

	of(exportId: string): ClosedBatch | undefined {
		return this.#closed.get(exportId);
	}

	detach(exportId: string): void {
		this.#closed.delete(exportId);
	}
}
