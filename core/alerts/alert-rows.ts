import { UNMAPPED_REVISION, type Batch } from '../buffer/store';
import { decodeEvent } from '../event/codec';
import { MAX_ALERT_ROWS, type Alert } from './alert';

const MAX_TYPES = 10;

/** Which rows an alert is about. */
export type AlertRows = Pick<Alert, 'rowIds' | 'rows' | 'eventTypes' | 'text'>;

/** Of the first slice of a batch. Never rejects: a batch that cannot be read has no ids to tell. */
export async function rowsOf(
	batch: Pick<Batch, 'count' | 'output' | 'mappingRevision' | 'rows'>,
): Promise<AlertRows> {
	const rowIds: number[] = [];
	const types = new Set<string>();
	const isEvent = batch.output === 'event' || batch.mappingRevision === UNMAPPED_REVISION;
	try {
		for await (const rows of batch.rows()) {
			for (const { rowId, payload } of rows.slice(0, MAX_ALERT_ROWS)) {
				rowIds.push(rowId);
				const type = isEvent ? decodeEvent(payload).type : undefined;
				if (type !== undefined && types.size < MAX_TYPES) types.add(type);
			}
			break;
		}
	} catch {
		// The sink has had the same trouble, and says so.
	}
	return {
		rows: batch.count,
		...(rowIds.length > 0 ? { rowIds } : {}),
		...(types.size > 0 ? { eventTypes: [...types] } : {}),
	};
}
