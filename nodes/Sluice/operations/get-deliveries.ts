import { listDeliveries, MAX_DELIVERIES } from '../../../core/index';
import { onBuffer } from '../choices';
import type { Operation } from '../run';
import { shownDelivery } from '../shown';

/** An item for each, the newest first. */
export const getDeliveries: Operation = onBuffer(async ({ context, pipeline, exportId, index }) => {
	const limit = context.getNodeParameter('limit', index, MAX_DELIVERIES) as number;
	const { deliveries, destination } = await listDeliveries(pipeline, exportId, { limit });
	return deliveries.map((one) => ({ destination: destination ?? null, ...shownDelivery(one) }));
});
