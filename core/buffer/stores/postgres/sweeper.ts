import type { Cancel, Clock } from '../../../runtime/clock';
import { SWEEP_EVERY_MS } from '../defaults';
import type { Engine, Transaction } from './engine';
import { beginSweep, sweepKeys, sweepSome } from './purge';

/** Applies retention every minute (S38), in parts, so that others get their turn in between. */
export class Sweeper {
	readonly #engine: Engine;
	readonly #clock: Clock;
	readonly #transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly #maxStoreBytes: number | undefined;
	#cancel: Cancel;
	#isClosed = false;

	constructor(
		engine: Engine,
		clock: Clock,
		transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
		maxStoreBytes: number | undefined,
	) {
		this.#engine = engine;
		this.#clock = clock;
		this.#transaction = transaction;
		this.#maxStoreBytes = maxStoreBytes;
		this.#cancel = this.#plan();
	}

	close(): void {
		this.#isClosed = true;
		this.#cancel();
	}

	#plan(): Cancel {
		return this.#clock.after(SWEEP_EVERY_MS, () => {
			this.#cancel = this.#plan();
			void this.#sweep();
		});
	}

	async #sweep(): Promise<void> {
		let exportIds: string[] = [];
		const { clock } = this.#engine;
		const marks = clock.takeMarks();
		const isNoted = await this.#attempt('the store', async (tx) => {
			exportIds = await beginSweep(this.#engine, tx, marks);
			return { isLast: true };
		});
		if (!isNoted) clock.giveBack(marks);
		for (const exportId of exportIds) {
			await this.#attempt(exportId, (tx) =>
				sweepSome(this.#engine, tx, exportId, this.#maxStoreBytes),
			);
		}
		await this.#attempt('producers’ keys', (tx) => sweepKeys(this.#engine, tx));
	}

	/** What goes wrong with one is told, and the others go on. The next sweep tries again. */
	async #attempt(
		what: string,
		part: (tx: Transaction) => Promise<{ isLast: boolean }>,
	): Promise<boolean> {
		try {
			while (!this.#isClosed && !(await this.#transaction(part)).isLast);
			return true;
		} catch (error) {
			if (this.#isClosed) return false;
			const why = error instanceof Error ? error.message : String(error);
			this.#engine.warn(`the sweep of ${what} failed: ${why}`);
			return false;
		}
	}
}
