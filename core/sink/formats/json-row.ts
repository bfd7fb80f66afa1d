import { UNMAPPED_REVISION, type StoredRow } from '../../buffer/store';
import { objectShape } from '../../event/object-shape';
import { withoutCredentials } from '../../event/sender-credentials';
import { recordText, refuseDeepRow } from '../read-rows';
import { checkRecord, exactRecordReader } from '../records';
import { connectorWriter, eventBodyWriter } from './event-body';
import { NO_FRAME, type Format, type FormatOptions, type RowsOf, type RowWriter } from './format';

const encoder = new TextEncoder();

/** One row as a JSON text of its own, with the numbers of the sender. */
export const jsonRow: Format = {
	contentType: 'application/json',
	frame: () => NO_FRAME,
	rowWriter(batch, options = {}) {
		const { body = 'row', labels } = options;
		if (body === 'body') return eventBodyWriter(batch);
		if (body === 'connector') return connectorWriter(batch, labels);
		return isAsStored(batch, options) ? splice : write(batch, options);
	},
	isAsStored,
};

/** Mapped records are stored as the JSON that leaves; those with `id` columns lack the numbers of their rows. */
function isAsStored({ output, columns }: RowsOf, { body = 'row' }: FormatOptions = {}): boolean {
	if (body !== 'row' || output !== 'record' || columns === undefined) return false;
	return columns.every(({ type }) => type !== 'id');
}

/** Not parsed: parsing takes longer than all else that is done for a row. But one that ends in the middle would make a list of all rows unreadable. */
function splice(row: StoredRow): Uint8Array {
	if (objectShape(row.payload) === 'whole') return row.payload;
	// Says what is wrong with it; no object may be right, too.
	checkRecord(row);
	refuseDeepRow(row);
	return row.payload;
}

function write(batch: RowsOf, { sendCredentials = false }: FormatOptions): RowWriter {
	const toRecord = exactRecordReader(batch);
	return (row) => {
		const record = toRecord(row);
		const isWhole = row.mappingRevision === UNMAPPED_REVISION || !batch.columns;
		if (batch.output === 'record') refuseDeepRow(row);
		return encoder.encode(
			recordText(isWhole && !sendCredentials ? withoutCredentials(record) : record),
		);
	};
}
