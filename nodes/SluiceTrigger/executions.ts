import type { IRun, ITriggerFunctions } from 'n8n-workflow';
import {
	createFlowSink,
	DeliveryError,
	settleToken,
	type FlowBatch,
	type Outcome,
	type Sink,
} from '../../core/index';
import { itemOf, onOutput } from './items';

const GRACE_MS = 4_000;

/**
 * A sink that starts one execution per batch and waits for its end (N53): success is done, anything else comes again. No
 * deduplication key is given: a failed execution would keep holding it (N55).
 */
export function executionSink(
	context: ITriggerFunctions,
	o: {
		readonly output: number;
		readonly outputs: number;
		readonly isWholeEvent: boolean;
		readonly timeoutMs: number;
		readonly numbers: 'double' | 'text';
	},
): Sink {
	return createFlowSink({
		doneWhen: () => 'acked',
		ackTimeoutMs: o.timeoutMs,
		numbers: o.numbers,
		// n8n lets an execution end whose workflow is published or deactivated: most do before their batch would come again.
		graceMs: GRACE_MS,
		emit(batch) {
			const facts = { batchId: batch.batchId, attempt: batch.attempt };
			const items = batch.records.map((record) => itemOf(record, o.isWholeEvent, facts));
			const done = context.helpers.createDeferredPromise<IRun>();
			settleAtItsEnd(batch, done.promise);
			context.emit(onOutput(o.output, o.outputs, items), undefined, done);
		},
	});
}

function settleAtItsEnd({ token = '' }: FlowBatch, run: Promise<IRun>): void {
	run.then(
		(ended) => settleToken(token, outcomeOf(ended)),
		(error: unknown) => settleToken(token, retry('the execution could not be started', error)),
	);
}

/** N54: `waiting` counts as handed over; a run that is not there was never started by this attempt. */
export function outcomeOf(run: IRun | undefined): Outcome {
	if (!run) return retry('the execution was not started');
	const failed = run.data?.resultData?.error !== undefined;
	if (!failed && (run.status === 'success' || run.status === 'waiting')) return { kind: 'ack' };
	return retry(`the execution ended with status ${run.status}`);
}

/** The error's own text stays out: it may hold data of the workflow. */
function retry(message: string, cause?: unknown): Outcome {
	return { kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', message, { cause }) };
}
