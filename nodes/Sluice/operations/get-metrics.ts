import { metrics } from '../../../core/index';
import { onBuffer } from '../choices';
import type { Operation } from '../run';
import { instant, shownDelivery, shownRetrying } from '../shown';

/** How the deliveries of the last three hours went, and what waits. */
export const getMetrics: Operation = onBuffer(async ({ pipeline, exportId }) => {
	const { from, latencyMs, lastSuccessAt, lastError, ...counted } = await metrics(
		pipeline,
		exportId,
	);
	const { waiting, retrying } = counted;
	return {
		...counted,
		from: instant(from),
		latencyMs: latencyMs ?? null,
		lastSuccessAt: instant(lastSuccessAt),
		lastError: lastError ? shownDelivery(lastError) : null,
		waiting: { ...waiting, oldestAt: instant(waiting.oldestAt) },
		retrying: shownRetrying(retrying),
	};
});
