import type { Batch, Payloads } from '../../buffer/store';
import { objectShape } from '../../event/object-shape';
import { readRows, type UnreadableRow } from '../read-rows';
import type { Format, FormatOptions, Frame } from './format';

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
	const writer = new FramedRows(format.frame(batch), sliceBytes);
	let spliced = 0;
	if (format.isAsStored?.(batch, options) === true)
		for await (const payloads of wholePayloads(batch)) {
			const { bytes, starts, ends } = payloads;
			for (let i = 0; i < starts.length; i++)
				writer.addRow(bytes, starts[i] as number, ends[i] as number);
			spliced += starts.length;
			yield* writer.takeFull();
		}
	if (spliced < batch.count)
		for await (const rows of readRows(
			batch,
			format.rowWriter(batch, options),
			unreadable,
			spliced,
		)) {
			for (const { value } of rows) {
				writer.addRow(value);
				// Of a slice of the store at most one and its frame are in memory twice.
				if (writer.hasFull) yield* writer.takeFull();
			}
		}
	yield* writer.finish();
}

/** Up to the first of which one cannot stand among others: row by row it is found out which, and why. */
async function* wholePayloads(batch: Batch): AsyncIterable<Payloads> {
	for await (const payloads of batch.payloads?.() ?? []) {
		const { bytes, starts, ends } = payloads;
		for (let i = 0; i < starts.length; i++)
			if (objectShape(bytes, starts[i], ends[i]) !== 'whole') return;
		yield payloads;
	}
}

/** Rows with what stands around them. */
class FramedRows {
	readonly #slicer: Slicer;
	readonly #separator: Uint8Array;
	readonly #terminator: Uint8Array;
	readonly #tail: string;
	#isFirst = true;

	constructor({ head, between, end, tail }: Frame, sliceBytes: number) {
		this.#slicer = new Slicer(sliceBytes);
		this.#separator = encoder.encode(between);
		this.#terminator = encoder.encode(end);
		this.#tail = tail;
		this.#slicer.add(encoder.encode(head));
	}

	get hasFull(): boolean {
		return this.#slicer.hasFull;
	}

	/** @param end behind it in these bytes */
	addRow(bytes: Uint8Array, start = 0, end = bytes.length): void {
		if (!this.#isFirst) this.#slicer.add(this.#separator);
		this.#isFirst = false;
		this.#slicer.add(bytes, start, end);
		this.#slicer.add(this.#terminator);
		this.#slicer.endRow();
	}

	takeFull(): Slice[] {
		return this.#slicer.takeFull();
	}

	finish(): Slice[] {
		this.#slicer.add(encoder.encode(this.#tail));
		return this.#slicer.takeAll();
	}
}

/** Cuts bytes into pieces of one size; only the last one is smaller. */
class Slicer {
	readonly #sliceBytes: number;
	#full: Slice[] = [];
	#open: Buffer;
	#length = 0;
	#rows = 0;

	constructor(sliceBytes: number) {
		this.#sliceBytes = sliceBytes;
		this.#open = Buffer.alloc(sliceBytes);
	}

	get hasFull(): boolean {
		return this.#full.length > 0;
	}

	add(bytes: Uint8Array, start = 0, end = bytes.length): void {
		const openEnd = this.#length + end - start;
		if (openEnd <= this.#sliceBytes) {
			// Without a view of a part, which takes longer than to copy a row.
			if (end - start === 1) this.#open[this.#length] = bytes[start] as number;
			else copy(bytes, this.#open, this.#length, start, end);
			this.#length = openEnd;
			return;
		}
		for (let at = start; at < end;) {
			if (this.#length === this.#sliceBytes) this.#cut();
			const part = bytes.subarray(at, Math.min(end, at + this.#sliceBytes - this.#length));
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
		this.#open = Buffer.alloc(this.#sliceBytes);
		this.#length = 0;
		this.#rows = 0;
	}
}

/** As Buffer.copy, of any bytes. */
function copy(from: Uint8Array, into: Buffer, at: number, start: number, end: number): void {
	Buffer.prototype.copy.call(from, into, at, start, end);
}
