import { BufferError, flush as flushBuffer } from '../../../core/index';
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
			// A worker holds nothing; the main delivers.
			if (!pipeline.held().exports.has(exportId) && !isQueueMode()) throw notActive(exportId);
			const { flushed, rows } = await flushBuffer(pipeline, exportId);
			return [{ json: { buffer: bufferName(exportId), flushed, rows } }];
		}),
	);

function notActive(exportId: string): BufferError {
	return new BufferError(
		'ERR_EXPORT_UNKNOWN',
		`the workflow that defines the buffer "${bufferName(exportId)}" is not active here`,
		{ details: { advice: 'Publish that workflow; its items wait until then.' } },
	);
}
