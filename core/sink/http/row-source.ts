import type { Batch } from '../../buffer/store';
import { readRows, type UnreadableRow } from '../read-rows';
import { KeyLines } from './key-lines';
import type { RowPush } from './row-push';

/** A row to send. */
export interface RowToSend {
	/** In the batch, from 0. */
	readonly position: number;
	readonly push: RowPush;
	/** By which it goes in order; undefined: it waits for nobody. */
	readonly key: string | undefined;
	readonly bytes: number;
}

/**
 * The rows of a batch in the order in which they may be sent, read slice by slice.
 *
 * @param o.render of one row; a throw is about this row alone, which is then in `o.unreadable`
 * @param o.isKeyed rows of a key go one after the other
 */
export class RowSource {
	readonly #slices: AsyncIterator<readonly RowToSend[]>;
	readonly #lines = new KeyLines<RowToSend>();
	#slice: readonly RowToSend[] = [];
	#at = 0;
	#isRead = false;

	constructor(
		batch: Batch,
		o: {
			readonly render: Parameters<typeof readRows<RowPush>>[1];
			readonly unreadable: UnreadableRow[];
			readonly isKeyed: boolean;
		},
	) {
		this.#slices = toSend(batch, o)[Symbol.asyncIterator]();
	}

	/**
	 * The next row that may be sent now; `blocked`: it waits for the end of one that was given; undefined: there is none left.
	 *
	 * @throws what `batch.rows` throws
	 */
	async next(): Promise<RowToSend | 'blocked' | undefined> {
		for (;;) {
			const freed = this.#lines.next();
			if (freed) return freed;
			if (this.#lines.isFull) return 'blocked';
			const row = this.#slice[this.#at];
			if (row) {
				this.#at += 1;
				if (this.#lines.add(row)) return row;
			} else if (!(await this.#readOn())) {
				return this.#lines.isEmpty ? undefined : 'blocked';
			}
		}
	}

	/** A row that was given has ended. @param comesAgain the rest of its key is not given */
	ended(row: RowToSend, comesAgain: boolean): void {
		this.#lines.ended(row, comesAgain);
	}

	/** Gives up what is not read yet. */
	async close(): Promise<void> {
		if (!this.#isRead) await this.#slices.return?.();
	}

	async #readOn(): Promise<boolean> {
		if (this.#isRead) return false;
		const { done, value } = await this.#slices.next();
		this.#isRead = done === true;
		this.#slice = done === true ? [] : value;
		this.#at = 0;
		return !this.#isRead;
	}
}

async function* toSend(
	batch: Batch,
	{ render, unreadable, isKeyed }: ConstructorParameters<typeof RowSource>[1],
): AsyncGenerator<readonly RowToSend[]> {
	for await (const rows of readRows(batch, render, unreadable)) {
		yield rows.map(({ position, value: push }) => ({
			position,
			push,
			key: isKeyed ? push.sequenceKey : undefined,
			bytes: push.body.byteLength,
		}));
	}
}
