import { BufferError } from '../../../core/index';
import { bufferName, findBuffer } from '../../shared/action-store';
import { eachItem, withPipeline, type Operation } from '../run';

/** Puts dead letters back: one, or all of a buffer; their rows are delivered again from the first attempt. */
export const replayDeadLetters: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const pipeline = await open();
			const batchId = String(context.getNodeParameter('batchId', index, '')).trim();
			const text = String(context.getNodeParameter('buffer', index, ''));
			const chosen =
				batchId === ''
					? { exportId: (await findBuffer(pipeline.store, text)).exportId }
					: { batchId };
			const replayed = await pipeline.store.replay(chosen);
			if ('batchId' in chosen && replayed.batches === 0) throw gone(batchId);
			pipeline.wake();
			const buffer = 'exportId' in chosen ? { buffer: bufferName(chosen.exportId) } : { batchId };
			return [{ json: { ...buffer, ...replayed } }];
		}),
	);

function gone(batchId: string): BufferError {
	return new BufferError('ERR_EXPORT_UNKNOWN', `there is no dead letter "${batchId}"`, {
		details: {
			advice: 'List the dead letters: it may have been replayed, purged, or older than 7 days.',
		},
	});
}
