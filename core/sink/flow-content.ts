/** What of a batch goes into a flow: its rows as they are, or all of them in one text or file. */
import type { Batch, StoredRow } from '../buffer/store';
import type { BatchForm } from '../pure/batch-forms';
import type { FormatName } from '../pure/format-names';
import { batchFileName } from './file-name';
import { encodeRows } from './formats/encode-rows';
import { findFormat } from './formats/find-format';
import type { Format } from './formats/format';
import { readRows, refuseDeepRow, type UnreadableRow } from './read-rows';
import { recordReader, type FlowNumbers } from './records';

export interface ContentConfig {
	/** `text`: numbers that JavaScript would round arrive as text, in rows; default `double`. */
	readonly numbers?: FlowNumbers | undefined;
	/** Its rows as they are (default), or all of them in one text or file. */
	readonly as?: BatchForm | undefined;
	/** Of a text or file; default ndjson. */
	readonly format?: FormatName | undefined;
	/** Of CSV; default true. */
	readonly csvHeader?: boolean | undefined;
}

/** A batch in one piece. Its numbers are the sender's; whole events are without the credentials of their senders, as in all that is written. */
export type WrittenBatch = {
	/** Of HTTP. */
	readonly contentType: string;
	/** Of the label or id of its export, its first event and its number: no path. */
	readonly fileName: string;
} & (
	| { readonly as: 'text'; readonly text: string }
	| { readonly as: 'file'; readonly bytes: Uint8Array }
);

export interface FlowContent {
	/** Empty where they are written. */
	readonly records: unknown[];
	readonly written?: WrittenBatch;
	/** In the batch, of the rows that are in it. */
	readonly positions: readonly number[];
	/** Rows of a replay of kept events; not counted where they are written. */
	readonly replayed?: number;
}

/** @param unreadable gets the rows that cannot be read or written; they are left out */
export async function flowContent(
	batch: Batch,
	options: ContentConfig & { readonly label?: string | undefined },
	unreadable: UnreadableRow[],
): Promise<FlowContent> {
	const { as = 'rows', format = 'ndjson', csvHeader, label = batch.exportId } = options;
	if (as === 'rows') return readRecords(batch, options, unreadable);
	const { contentType, bytes } = await write(batch, findFormat(format, { csvHeader }), unreadable);
	const left = new Set(unreadable.map(({ position }) => position));
	const positions = Array.from({ length: batch.count }, (_, i) => i).filter((i) => !left.has(i));
	const facts = { contentType, fileName: batchFileName(label, batch, format) };
	const written: WrittenBatch =
		as === 'file' ? { as, bytes, ...facts } : { as, text: bytes.toString(), ...facts };
	return { records: [], written, positions };
}

async function readRecords(
	batch: Batch,
	{ numbers }: ContentConfig,
	unreadable: UnreadableRow[],
): Promise<FlowContent> {
	const records: unknown[] = [];
	const positions: number[] = [];
	const toRecord = recordReader(batch, numbers);
	let replayed = 0;
	const render = (row: StoredRow): unknown => {
		// Bytes of an event are no JSON alone; its body was looked at when it came.
		if (batch.output !== 'event') refuseDeepRow(row);
		const record = toRecord(row);
		if (row.replay) replayed++;
		return record;
	};
	for await (const rows of readRows(batch, render, unreadable)) {
		for (const { position, value } of rows) {
			records.push(value);
			positions.push(position);
		}
	}
	return { records, positions, ...(replayed > 0 ? { replayed } : {}) };
}

async function write(
	batch: Batch,
	format: Format,
	unreadable: UnreadableRow[],
): Promise<{ readonly contentType: string; readonly bytes: Buffer }> {
	const parts: Uint8Array[] = [];
	for await (const { bytes } of encodeRows(batch, format, { unreadable })) parts.push(bytes);
	return { contentType: format.contentType, bytes: Buffer.concat(parts) };
}
