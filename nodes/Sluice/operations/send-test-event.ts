import type { IExecuteFunctions } from 'n8n-workflow';
import { BufferError, ConfigError, testDelivery, type TestEvent } from '../../../core/index';
import { bufferName } from '../../shared/action-store';
import { onBuffer } from '../choices';
import type { Operation } from '../run';

/** Sends one event to the URL of a buffer of a published workflow. What the endpoint refuses is a result, not an error. */
export const sendTestEvent: Operation = onBuffer(async (o) => {
	const { context, pipeline, exportId, index } = o;
	const event = eventOf(context, index);
	if (!pipeline.held().exports.has(exportId)) throw notDeliveredHere(exportId);
	const signal = context.getExecutionCancelSignal();
	return testDelivery(pipeline, exportId, { ...event, signal });
});

function eventOf(context: IExecuteFunctions, index: number): TestEvent {
	if (context.getNodeParameter('testEvent', index, 'sample') === 'sample')
		return { sample: context.getNodeParameter('sampleType', index) as string };
	const given: unknown = context.getNodeParameter('ownEvent', index);
	// The field of the editor gives text, an expression mostly the value itself.
	if (typeof given !== 'string') return { event: given };
	try {
		return { event: JSON.parse(given) as unknown };
	} catch {
		throw new ConfigError('ownEvent', 'JSON');
	}
}

function notDeliveredHere(exportId: string): BufferError {
	const message = `the workflow that defines the buffer "${bufferName(exportId)}" is not active here`;
	const advice =
		'Publish that workflow: what it was published with is tested. In queue mode the main process delivers: run this workflow by hand in the editor.';
	return new BufferError('ERR_EXPORT_UNKNOWN', message, { details: { advice } });
}
