import { BufferError, flush as flushBuffer } from '../../../core/index';
import { bufferName } from '../../shared/action-store';
import { isQueueMode } from '../../shared/store';
import { onBuffer } from '../choices';
import type { Operation } from '../run';

/** Delivers what waits in a buffer, whatever its conditions say. */
export const flush: Operation = onBuffer(async ({ pipeline, exportId }) => {
	// A worker holds nothing; the main delivers.
	if (!pipeline.held().exports.has(exportId) && !isQueueMode()) throw notActive(exportId);
	return flushBuffer(pipeline, exportId);
});

function notActive(exportId: string): BufferError {
	return new BufferError(
		'ERR_EXPORT_UNKNOWN',
		`the workflow that defines the buffer "${bufferName(exportId)}" is not active here`,
		{ details: { advice: 'Publish that workflow; its items wait until then.' } },
	);
}
