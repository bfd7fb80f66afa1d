import type { Batch, StoredRow } from '../buffer/store';
import type { AttachedExport } from './attached-export';
import { unstoredBatch } from '../sink/unstored-batch';

/** Rows of an export as a batch of a test. @param name that no other has */
export function testBatch(
	{ id, config, mappingRevision }: Pick<AttachedExport, 'id' | 'config' | 'mappingRevision'>,
	rows: readonly StoredRow[],
	name: string,
): Batch {
	const { output, columns } = config;
	const facts = {
		id: `test-${name}`,
		exportId: id,
		mappingRevision,
		output,
		...(columns ? { columns } : {}),
		reason: 'test',
		idempotencyKey: `test/${id}/${name}`,
	};
	return unstoredBatch(facts, rows);
}
