import type { Documents } from '../buffer/documents';
import { mergeDeliveries, NO_DELIVERIES, readDeliveries } from './deliveries';
import { readBlocks } from './metric-documents';
import { DELIVERIES_COLLECTION, type MetricsView } from './metrics';
import { viewWindow } from './window';

/**
 * The metrics of an export as all processes of its store have kept them; up to ten seconds old.
 *
 * @param now milliseconds since the Unix epoch
 * @throws as `Documents`
 */
export async function readMetrics(
	documents: Documents,
	exportId: string,
	now: number,
): Promise<MetricsView> {
	const blocks = await readBlocks(documents, `export:${exportId}`, now);
	const last = await documents.get(DELIVERIES_COLLECTION, exportId);
	const deliveries = mergeDeliveries(NO_DELIVERIES, readDeliveries(last?.value));
	return { ...viewWindow(blocks.values(), now), ...deliveries };
}
