import type { Batch, StoredRow } from '../buffer/store';
import type { AttachedExport } from './attached-export';

/** Rows that were rendered now, at least one, as the batch that no store has; all of it is in memory. @param name that no other has */
export function unstoredBatch(
	{ id, config, mappingRevision }: Pick<AttachedExport, 'id' | 'config' | 'mappingRevision'>,
	rows: readonly StoredRow[],
	name: string,
): Batch {
	const { output, columns } = config;
	const batchId = `test-${name}`;
	const times = rows.map(({ receivedAt }) => receivedAt);
	const firstAt = Math.min(...times);
	return {
		id: batchId,
		exportId: id,
		mappingRevision,
		output,
		...(columns ? { columns } : {}),
		count: rows.length,
		sizeBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
		firstAt,
		lastAt: Math.max(...times),
		reason: 'test',
		attempt: 1,
		idempotencyKey: `test/${id}/${name}`,
		lease: { batchId, token: 0, until: firstAt },
		async *rows() {
			yield [...rows];
		},
	};
}
