import { MAX_SLICE_BYTES } from '../defaults';
import type { RowPlaces } from '../row-codec';
import type { PlainSlice } from './protocol';

/** Encoded rows of one export and mapping revision on their way out of the worker. */
export class SliceBuilder {
	readonly #exportId: string;
	readonly #mappingRevision: number;
	/** Encoded rows: one, or all of a chunk. */
	readonly #rows: Buffer[] = [];
	readonly #rowIds: number[] = [];
	#payloadBytes = 0;

	constructor(exportId: string, mappingRevision: number) {
		this.#exportId = exportId;
		this.#mappingRevision = mappingRevision;
	}

	/** Also counts the payload when there is room for it. */
	hasRoom(payloadBytes: number): boolean {
		if (this.#rows.length > 0 && this.#payloadBytes + payloadBytes > MAX_SLICE_BYTES) return false;
		this.#payloadBytes += payloadBytes;
		return true;
	}

	add(encoded: Buffer, rowId: number): void {
		this.#rows.push(encoded);
		this.#rowIds.push(rowId);
	}

	/** All rows of a chunk, whose payloads are less than its body. @returns whether there is room for it */
	addWhole({ body, offsets }: RowPlaces, firstRowId: number): boolean {
		if (this.#payloadBytes + body.byteLength > MAX_SLICE_BYTES) return false;
		this.#payloadBytes += body.byteLength;
		this.#rows.push(body);
		for (let i = 0; i < offsets.length - 1; i++)
			this.#rowIds.push(firstRowId === 0 ? 0 : firstRowId + i);
		return true;
	}

	finish(isLast: boolean): PlainSlice {
		const bytes = inOwnBuffer(this.#rows);
		const [exportId, mappingRevision] = [this.#exportId, this.#mappingRevision];
		return { exportId, mappingRevision, bytes, rowIds: this.#rowIds, isLast };
	}
}

/** An array buffer of its own, so that it can be handed over instead of copied. */
function inOwnBuffer(rows: readonly Buffer[]): Uint8Array {
	const [only] = rows;
	if (only && rows.length === 1 && only.byteLength === only.buffer.byteLength)
		return new Uint8Array(only.buffer);
	const bytes = new Uint8Array(rows.reduce((sum, row) => sum + row.byteLength, 0));
	let offset = 0;
	for (const row of rows) {
		bytes.set(row, offset);
		offset += row.byteLength;
	}
	return bytes;
}
