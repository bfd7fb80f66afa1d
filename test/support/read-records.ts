import type { Batch } from '../../core/buffer/store';
import { recordReader } from '../../core/sink/records';

/** All rows of a batch as JSON data. */
export async function readRecords(
	batch: Batch,
	numbers?: Parameters<typeof recordReader>[1],
): Promise<unknown[]> {
	const records: unknown[] = [];
	const toRecord = recordReader(batch, numbers);
	for await (const rows of batch.rows()) records.push(...rows.map(toRecord));
	return records;
}
