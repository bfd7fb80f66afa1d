import { retryNow as retryBuffer } from '../../../core/index';
import { bufferName, findBuffer } from '../../shared/action-store';
import { eachItem, withPipeline, type Operation } from '../run';

/** Makes the batches due that wait for their next attempt. */
export const retryNow: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const pipeline = await open();
			const text = String(context.getNodeParameter('buffer', index, ''));
			const { exportId } = await findBuffer(pipeline.store, text);
			const { batches } = await retryBuffer(pipeline, exportId);
			return [{ json: { buffer: bufferName(exportId), batches } }];
		}),
	);
