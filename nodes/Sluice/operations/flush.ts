import { BufferError, type Store } from '../../../core/index';
import { bufferName, findBuffer } from '../../shared/action-store';
import { isQueueMode } from '../../shared/store';
import { eachItem, withPipeline, type Operation } from '../run';

/** Delivers what waits in a buffer, whatever its conditions say. */
export const flush: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const pipeline = await open();
			const text = String(context.getNodeParameter('buffer', index, ''));
			const { exportId } = await findBuffer(pipeline.store, text);
			const { exports } = await pipeline.status();
			const buffer = exports.find((one) => one.exportId === exportId);
			if (!buffer || !(buffer.attached || isQueueMode())) throw notActive(exportId);
			let flushed = true;
			if (buffer.attached) pipeline.flush(exportId);
			else flushed = buffer.rows === 0 || (await closeBatch(pipeline.store, exportId));
			return [{ json: { buffer: bufferName(exportId), flushed, rows: buffer.rows } }];
		}),
	);

/**
 * For a worker, where no Trigger ever is: closes what waits and leaves the batch, which is due at once, to the main. Rows beyond
 * one batch are due by themselves.
 *
 * @returns whether there is a batch: none is closed while the main delivers another one
 */
async function closeBatch(store: Store, exportId: string): Promise<boolean> {
	const owner = `flush-${process.pid}`;
	const batch = await store.claim(exportId, { owner, leaseMs: 10_000, flush: true });
	if (batch) await store.settle(batch.lease, { kind: 'release' });
	return batch !== undefined;
}

function notActive(exportId: string): BufferError {
	return new BufferError(
		'ERR_EXPORT_UNKNOWN',
		`the workflow that defines the buffer "${bufferName(exportId)}" is not active here`,
		{ details: { advice: 'Publish that workflow; its items wait until then.' } },
	);
}
