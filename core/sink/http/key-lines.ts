/** A row in a line. */
export interface KeyedRow {
	/** Undefined: it waits for nobody. */
	readonly key: string | undefined;
	readonly bytes: number;
}

/** What rows may hold of memory while they wait for others of their key. */
const MAX_WAITING_BYTES = 4 * 1_048_576;
/** What a row takes beside its bytes. */
const ROW_BYTES = 1_024;

/**
 * Rows of a batch by key: one of a key is under way, the others of it stand in line behind it. A row that comes again ends the line of
 * its key: the rest of it is not sent.
 */
export class KeyLines<Row extends KeyedRow> {
	readonly #lines = new Map<string, Row[]>();
	readonly #ended = new Set<string>();
	readonly #ready: Row[] = [];
	#bytes = 0;

	/** Nothing more is to be added until rows of it have gone. */
	get isFull(): boolean {
		return this.#bytes >= MAX_WAITING_BYTES;
	}

	/** Rows that stand in line. */
	get isEmpty(): boolean {
		return this.#bytes === 0;
	}

	/** @returns whether the row may go at once; else it stands in line, or is not sent */
	add(row: Row): boolean {
		const { key } = row;
		if (key === undefined) return true;
		if (this.#ended.has(key)) return false;
		const line = this.#lines.get(key);
		if (!line) {
			this.#lines.set(key, []);
			return true;
		}
		line.push(row);
		this.#bytes += row.bytes + ROW_BYTES;
		return false;
	}

	/** The next row that stood in line and may go now. */
	next(): Row | undefined {
		const row = this.#ready.shift();
		if (row) this.#bytes -= row.bytes + ROW_BYTES;
		return row;
	}

	/** A row that went has ended. @param comesAgain none of its key may go */
	ended({ key }: Pick<Row, 'key'>, comesAgain: boolean): void {
		const line = key === undefined ? undefined : this.#lines.get(key);
		if (key === undefined || !line) return;
		if (comesAgain) {
			this.#ended.add(key);
			this.#lines.delete(key);
			for (const { bytes } of line) this.#bytes -= bytes + ROW_BYTES;
			return;
		}
		const next = line.shift();
		if (next) this.#ready.push(next);
		else this.#lines.delete(key);
	}
}
