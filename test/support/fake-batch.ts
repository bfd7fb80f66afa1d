import type { Batch, Payloads, StoredRow } from '../../core/buffer/store';

/** A batch as a store would give it, with one slice per two rows. */
export function fakeBatch(
	given: Partial<
		Pick<
			Batch,
			'output' | 'exportId' | 'columns' | 'mappingRevision' | 'idempotencyKey' | 'attempt'
		>
	> & {
		readonly payloads: readonly Uint8Array[];
		readonly firstRowId?: number;
		/** Of each row. */
		readonly keys?: readonly (string | undefined)[];
		/** Positions of rows that a replay has made. */
		readonly replayed?: readonly number[];
	},
): Batch {
	const { payloads, firstRowId = 1, keys = [], replayed = [], ...overrides } = given;
	const mappingRevision = given.mappingRevision ?? 1;
	const rows = payloads.map((payload, i): StoredRow => ({
		exportId: 'r/e',
		eventId: `event-${i}`,
		receivedAt: 1_000 + i,
		mappingRevision,
		payload,
		sizeBytes: payload.length,
		rowId: firstRowId + i,
		...(keys[i] === undefined ? {} : { sequenceKey: keys[i] }),
		...(replayed.includes(i) ? { replay: true as const } : {}),
	}));
	return {
		id: 'batch-1',
		exportId: 'r/e',
		mappingRevision,
		output: 'record',
		count: rows.length,
		sizeBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
		firstAt: 1_000,
		lastAt: 1_000 + rows.length - 1,
		reason: 'flush',
		attempt: 1,
		idempotencyKey: 'store/r/e/1',
		lease: { batchId: 'batch-1', token: 1, until: 60_000 },
		async *rows() {
			for (let i = 0; i < rows.length; i += 2) yield rows.slice(i, i + 2);
		},
		...overrides,
	};
}

/** The same as a store gives it that has payloads side by side: three in a slice, with something between them. */
export function packed(batch: Batch, payloads: readonly Uint8Array[]): Batch {
	return {
		...batch,
		async *payloads() {
			for (let i = 0; i < payloads.length; i += 3) yield sideBySide(payloads.slice(i, i + 3));
		},
	};
}

function sideBySide(payloads: readonly Uint8Array[]): Payloads {
	const between = Buffer.from('{"no": "part of any"');
	const starts: number[] = [];
	const ends: number[] = [];
	let length = 0;
	for (const { byteLength } of payloads) {
		starts.push(length + between.length);
		length += between.length + byteLength;
		ends.push(length);
	}
	const bytes = Buffer.concat(payloads.flatMap((payload) => [between, payload]));
	return { bytes, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}
