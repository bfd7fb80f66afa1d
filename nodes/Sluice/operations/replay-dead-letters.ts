import { replay } from '../../../core/index';
import { bufferName, findBuffer } from '../../shared/action-store';
import { eachItem, withPipeline, type Operation } from '../run';

/** Puts dead letters back: one, or all of a buffer; their rows are delivered again from the first attempt. */
export const replayDeadLetters: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const pipeline = await open();
			const batchId = String(context.getNodeParameter('batchId', index, '')).trim();
			if (batchId !== '') return [{ json: { batchId, ...(await replay(pipeline, { batchId })) } }];
			const text = String(context.getNodeParameter('buffer', index, ''));
			const { exportId } = await findBuffer(pipeline.store, text);
			const replayed = await replay(pipeline, { exportId });
			return [{ json: { buffer: bufferName(exportId), ...replayed } }];
		}),
	);
