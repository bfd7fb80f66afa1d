import type { Batch } from '../../buffer/store';
import { readRows, type UnreadableRow } from '../read-rows';
import type { Format, FormatOptions } from './format';

/** Largest slice, unless the caller names another. */
export const SLICE_BYTES = 65_536;

/** A part of what was encoded. */
export interface Slice {
	readonly bytes: Uint8Array;
	/** That end in it. */
	readonly rows: number;
}

const encoder = new TextEncoder();

/**
 * The rows of a batch in a format, in slices. Put together they are the whole text; how many rows are in it is the sum of theirs.
 *
 * @param o.unreadable gets the rows that cannot be written; they are left out
 * @param o.sliceBytes no slice is larger; one row may be in several
 * @throws what `batch.rows` throws
 */
export async function* encodeRows(
	batch: Batch,
	format: Format,
	{
		unreadable,
		sliceBytes = SLICE_BYTES,
		...options
	}: FormatOptions & { readonly unreadable: UnreadableRow[]; readonly sliceBytes?: number },
): AsyncIterable<Slice> {
	const { head, between, end, tail } = format.frame(batch);
	const [separator, terminator] = [encoder.encode(between), encoder.encode(end)];
	const slicer = new Slicer(sliceBytes);
	slicer.add(encoder.encode(head));
	let isFirst = true;
	for await (const rows of readRows(batch, format.rowWriter(batch, options), unreadable)) {
		for (const { value } of rows) {
			if (!isFirst) slicer.add(separator);
			isFirst = false;
			slicer.add(value);
			slicer.add(terminator);
			slicer.endRow();
			// Of a slice of the store at most one and its frame are in memory twice.
			if (slicer.hasFull) yield* slicer.takeFull();
		}
	}
	slicer.add(encoder.encode(tail));
	yield* slicer.takeAll();
}

/** Cuts bytes into pieces of one size; only the last one is smaller. */
class Slicer {
	readonly #sliceBytes: number;
	#full: Slice[] = [];
	#open: Uint8Array;
	#length = 0;
	#rows = 0;

	constructor(sliceBytes: number) {
		this.#sliceBytes = sliceBytes;
		this.#open = new Uint8Array(sliceBytes);
	}

	get hasFull(): boolean {
		return this.#full.length > 0;
	}

	add(bytes: Uint8Array): void {
		const end = this.#length + bytes.length;
		if (end <= this.#sliceBytes) {
			// Without a view of a part, which takes longer than to copy a row.
			if (bytes.length === 1) this.#open[this.#length] = bytes[0] as number;
			else this.#open.set(bytes, this.#length);
			this.#length = end;
			return;
		}
		for (let at = 0; at < bytes.length;) {
			if (this.#length === this.#sliceBytes) this.#cut();
			const part = bytes.subarray(at, at + this.#sliceBytes - this.#length);
			this.#open.set(part, this.#length);
			this.#length += part.length;
			at += part.length;
		}
	}

	endRow(): void {
		this.#rows += 1;
	}

	takeFull(): Slice[] {
		const full = this.#full;
		this.#full = [];
		return full;
	}

	takeAll(): Slice[] {
		if (this.#length > 0) this.#cut();
		return this.takeFull();
	}

	#cut(): void {
		this.#full.push({ bytes: this.#open.subarray(0, this.#length), rows: this.#rows });
		this.#open = new Uint8Array(this.#sliceBytes);
		this.#length = 0;
		this.#rows = 0;
	}
}
