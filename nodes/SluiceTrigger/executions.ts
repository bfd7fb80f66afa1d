import { ExecutionCancelledError, type IRun, type ITriggerFunctions } from 'n8n-workflow';
import {
	ACK_TIMEOUT_MS,
	DeliveryError,
	settleToken,
	type ExportWithSink,
	type FlowBatch,
	type FlowContentConfig,
	type Outcome,
} from '../../core/index';
import { writtenItem, type ToItem } from './items';
import { onOutput } from './outputs';

const GRACE_MS = 4_000;

/** The longest that core waits. n8n tells the end of every execution, but for one that its queue lost. */
const LOST_MS = ACK_TIMEOUT_MS.max;

/** When an execution that goes on, or waits in n8n's queue, is mentioned in the log. */
const LONG_MS = 600_000;

/**
 * A sink that starts one execution per batch and waits for its end (N53), however long it takes: how long an execution may run is a
 * setting of n8n, which counts from its start, while from here it cannot be told from one that waits in n8n's queue. Success is done,
 * anything else comes again. No deduplication key is given: a failed execution would keep holding it (N55).
 */
export function executionSink(
	context: ITriggerFunctions,
	o: {
		readonly output: number;
		readonly outputs: number;
		readonly toItem: ToItem;
		/** What of a batch is in its items. */
		readonly content?: FlowContentConfig | undefined;
		/** What files are called by. */
		readonly label?: string | undefined;
	},
): Pick<ExportWithSink, 'sink' | 'ports'> {
	let hasWaited = false;
	const noteWaiting = (run: IRun | undefined): void => {
		if (run?.status !== 'waiting' || hasWaited) return;
		hasWaited = true;
		context.logger.warn(
			`${context.getNode().name}: an execution waits, and its batch counts as handed over: what fails after the wait is not retried`,
		);
	};
	const emit = async (batch: FlowBatch): Promise<void> => {
		const { batchId, attempt, count, records, written } = batch;
		const items = written
			? [await writtenItem(context, written, { batchId, attempt, count })]
			: records.map((record) => o.toItem(record, { batchId, attempt }));
		const done = context.helpers.createDeferredPromise<IRun>();
		mentionWhenLong(context, batch, done.promise);
		void done.promise.then(noteWaiting, () => {});
		settleAtItsEnd(batch, done.promise);
		context.emit(onOutput(o.output, o.outputs, items), undefined, done);
	};
	return {
		sink: {
			kind: 'flow',
			ackTimeoutMs: LOST_MS,
			...o.content,
			// n8n lets an execution end whose workflow is published or deactivated: most do before their batch would come again.
			graceMs: GRACE_MS,
		},
		ports: { flow: { label: o.label, doneWhen: () => 'acked', emit } },
	};
}

function settleAtItsEnd({ token = '' }: FlowBatch, run: Promise<IRun>): void {
	run.then(
		(ended) => settleToken(token, outcomeOf(ended)),
		(error: unknown) => settleToken(token, outcomeOfRejection(error)),
	);
}

function mentionWhenLong(context: ITriggerFunctions, batch: FlowBatch, run: Promise<IRun>): void {
	const timer = setTimeout(() => {
		context.logger.warn(
			`${context.getNode().name}: the execution of batch ${batch.batchId} has not ended for ${LONG_MS / 60_000} min; it runs or waits in n8n's queue, and is waited for`,
		);
	}, LONG_MS);
	timer.unref();
	const stop = (): void => clearTimeout(timer);
	run.then(stop, stop);
}

/** N54: `waiting` counts as handed over; a run that is not there was never started by this attempt. */
export function outcomeOf(run: IRun | undefined): Outcome {
	if (!run) return retry('the execution was not started');
	const failed = run.data?.resultData?.error !== undefined;
	if (!failed && (run.status === 'success' || run.status === 'waiting')) return { kind: 'ack' };
	return retry(`the execution ended with status ${run.status}`);
}

/** n8n rejects for an execution that was ended from outside as well as for one that it could not start. */
export function outcomeOfRejection(error: unknown): Outcome {
	if (!(error instanceof ExecutionCancelledError)) {
		return retry('the execution could not be started', error);
	}
	switch (error.reason) {
		case 'manual':
			return retry('the execution was stopped by hand', error);
		case 'timeout':
			return retry("the execution took longer than n8n's timeout and was stopped", error);
		default:
			return retry('the execution was stopped, since n8n shut down', error);
	}
}

/** The error's own text stays out: it may hold data of the workflow. */
function retry(message: string, cause?: unknown): Outcome {
	return { kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', message, { cause }) };
}
