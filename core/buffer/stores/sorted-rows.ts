const MIN_GAP = 1_000;

/** Rows in the order of `seq`, of which nearly all come at the end and go at the beginning: both cost the same however many there are. */
export class SortedRows<Row extends { readonly seq: number }> {
	#rows: Row[] = [];
	/** Those before it are gone. */
	#start = 0;

	get first(): Row | undefined {
		return this.#rows[this.#start];
	}

	*[Symbol.iterator](): Generator<Row> {
		for (let at = this.#start; at < this.#rows.length; at++) {
			const row = this.#rows[at];
			if (row !== undefined) yield row;
		}
	}

	add(row: Row): void {
		const last = this.#rows.at(-1);
		if (last === undefined || last.seq < row.seq) this.#rows.push(row);
		else this.#rows.splice(this.#placeOf(row.seq), 0, row);
	}

	remove(row: Row): void {
		const at = this.#placeOf(row.seq);
		if (this.#rows[at] !== row) return;
		if (at > this.#start) this.#rows.splice(at, 1);
		else this.#start++;
		const isMostlyGone = this.#start >= MIN_GAP && this.#start * 2 >= this.#rows.length;
		if (!isMostlyGone && this.#start < this.#rows.length) return;
		this.#rows = this.#rows.slice(this.#start);
		this.#start = 0;
	}

	/** Of the first row that is not before it. */
	#placeOf(seq: number): number {
		let [from, end] = [this.#start, this.#rows.length];
		while (from < end) {
			const middle = (from + end) >>> 1;
			if ((this.#rows[middle]?.seq ?? 0) < seq) from = middle + 1;
			else end = middle;
		}
		return from;
	}
}
