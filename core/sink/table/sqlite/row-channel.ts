import type { TableRow } from '../table-database';
import { TableFault } from '../table-fault';

type Slice = readonly TableRow[];

/** Slices of rows as they come by messages, for whoever writes them. */
export class RowChannel implements AsyncIterable<Slice> {
	readonly #slices: Slice[] = [];
	readonly #onTake: () => void;
	#isEnded = false;
	#isAborted = false;
	#wake: () => void = () => {};

	/** @param onTake is told of each slice that is taken */
	constructor(onTake: () => void) {
		this.#onTake = onTake;
	}

	push(rows: Slice): void {
		this.#slices.push(rows);
		this.#wake();
	}

	end(): void {
		this.#isEnded = true;
		this.#wake();
	}

	/** Whoever reads is told at once, whatever has come. */
	abort(): void {
		this.#isAborted = true;
		this.#wake();
	}

	get isAborted(): boolean {
		return this.#isAborted;
	}

	async *[Symbol.asyncIterator](): AsyncIterator<Slice> {
		for (;;) {
			if (this.#isAborted) throw new TableFault('aborted', 'the load was given up');
			const slice = this.#slices.shift();
			if (slice) {
				this.#onTake();
				yield slice;
			} else if (this.#isEnded) return;
			else await new Promise<void>((resolve) => (this.#wake = resolve));
		}
	}
}
