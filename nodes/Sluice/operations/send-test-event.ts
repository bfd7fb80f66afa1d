import { BufferError, testDelivery } from '../../../core/index';
import { bufferName } from '../../shared/action-store';
import { onBuffer } from '../choices';
import { givenEvent } from '../given-event';
import type { Operation } from '../run';

/** Sends one event to the URL of a buffer of a published workflow. What the endpoint refuses is a result, not an error. */
export const sendTestEvent: Operation = onBuffer(async (o) => {
	const { context, pipeline, exportId, index } = o;
	const event = givenEvent(context, index);
	if (!pipeline.held().exports.has(exportId)) throw notDeliveredHere(exportId);
	const signal = context.getExecutionCancelSignal();
	return testDelivery(pipeline, exportId, { ...event, signal });
});

function notDeliveredHere(exportId: string): BufferError {
	const message = `the workflow that defines the buffer "${bufferName(exportId)}" is not active here`;
	const advice =
		'Publish that workflow: what it was published with is tested. In queue mode the main process delivers: run this workflow by hand in the editor.';
	return new BufferError('ERR_EXPORT_UNKNOWN', message, { details: { advice } });
}
