import type { IDataObject } from 'n8n-workflow';
import { bufferNameAmong } from '../../shared/action-store';
import { isQueueMode } from '../../shared/store';
import { eachItem, withPipeline, type Operation } from '../run';

/** What the store holds, as numbers; one item for each that comes in. */
export const status: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async () => {
			const pipeline = await open();
			const [{ receivers, exports }, stats] = await Promise.all([
				pipeline.status(),
				pipeline.store.stats(),
			]);
			const ids = exports.map(({ exportId }) => exportId);
			return [
				{
					json: {
						store: { ...stats, warnings: [...stats.warnings] },
						receivers: receivers.map((one) => ({ ...one })),
						buffers: exports.map(
							({
								exportId,
								oldestAt,
								nextAttemptAt,
								rows,
								bytes,
								attached,
								inFlight,
								...counters
							}): IDataObject => ({
								buffer: bufferNameAmong(exportId, ids),
								waitingRows: rows,
								waitingBytes: bytes,
								oldestAt: instant(oldestAt),
								nextAttemptAt: instant(nextAttemptAt),
								...counters,
								// A worker does not know what the main holds.
								...(isQueueMode() ? {} : { attached, inFlight }),
							}),
						),
					},
				},
			];
		}),
	);

function instant(at: number | undefined): string | null {
	return at === undefined ? null : new Date(at).toISOString();
}
