import type { KnownExport, StoredRow } from '../../buffer/store';
import { recordReader } from '../../sink/records';

/** A row as people look at it. */
export interface ShownRow {
	/** Absent while it waits. */
	readonly rowId?: number;
	readonly eventId: string;
	/** Milliseconds since the Unix epoch. */
	readonly receivedAt: number;
	readonly sizeBytes: number;
	/** As the flow would get it; absent where it cannot be read. */
	readonly record?: unknown;
	readonly unreadable?: true;
}

/** Payload of one look, so that none fills the memory. */
const SHOWN_BYTES = 1024 ** 2;

/**
 * The first rows, read as they were made (those that wait: as the buffer is defined now); one that cannot be read says so instead of hiding the others.
 *
 * @returns at most `limit`, and no more than SHOWN_BYTES of payload, but for one row
 */
export async function showRows(
	slices: AsyncIterable<readonly StoredRow[]> | Iterable<readonly StoredRow[]>,
	exportId: string,
	known: Pick<KnownExport, 'output' | 'columns'> | undefined,
	limit: number,
): Promise<ShownRow[]> {
	const { output = 'event', columns } = known ?? {};
	const toRecord = recordReader({ exportId, output, ...(columns ? { columns } : {}) });
	const shown: ShownRow[] = [];
	let bytes = 0;
	for await (const rows of slices) {
		for (const row of rows) {
			bytes += row.payload.length;
			if (shown.length === limit || (shown.length > 0 && bytes > SHOWN_BYTES)) return shown;
			shown.push(show(row, toRecord));
		}
	}
	return shown;
}

function show(row: StoredRow, toRecord: (row: StoredRow) => unknown): ShownRow {
	const { rowId, eventId, receivedAt, sizeBytes } = row;
	const about = { ...(rowId > 0 ? { rowId } : {}), eventId, receivedAt, sizeBytes };
	try {
		return { ...about, record: toRecord(row) };
	} catch {
		return { ...about, unreadable: true };
	}
}
