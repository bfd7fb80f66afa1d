import type { Gate } from '../../core/delivery/gate';
import type { Permit } from '../../core/sink/sink';

/** A gate that is opened and closed by a test, and counts what it is asked. */
export class FakeGate implements Gate {
	readonly #closed = new Map<string, number>();
	readonly #listeners = new Set<(exportId: string) => void>();
	asked = 0;
	/** Answers of `permit`, one after the other; then it grants. */
	permits: (Permit | Promise<Permit>)[] = [];

	closedUntil(exportId: string): number | undefined {
		this.asked += 1;
		return this.#closed.get(exportId);
	}

	isFree(exportId: string): boolean {
		return !this.#closed.has(exportId);
	}

	async permit(): Promise<Exclude<Permit, 'aborted'>> {
		return (await (this.permits.shift() ?? 'granted')) as Exclude<Permit, 'aborted'>;
	}

	onChange(listener: (exportId: string) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Undefined opens it. */
	close(exportId: string, until: number | undefined, o: { readonly tell: boolean }): void {
		if (until === undefined) this.#closed.delete(exportId);
		else this.#closed.set(exportId, until);
		if (o.tell) for (const listener of this.#listeners) listener(exportId);
	}

	get listeners(): number {
		return this.#listeners.size;
	}
}
