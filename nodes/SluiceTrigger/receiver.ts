import { NodeOperationError, type ITriggerFunctions, type IWebhookFunctions } from 'n8n-workflow';
import {
	attachAll,
	CoreError,
	createListener,
	isSecretInUrl,
	toListener,
	type Attachment,
	type ExportWithSink,
	type Listener,
	type Pipeline,
	type PipelineHold,
	type PushedRequest,
} from '../../core/index';
import { openPipelineFor, storeOf } from '../shared/store';
import { attachAppendOnly, forgetAppendOnly } from './append-only';
import { forwardTarget, readConfiguration, type TriggerConfiguration } from './configuration';
import { executionSink } from './executions';
import { whyEventsWouldBeLost } from './followers';
import { warnOfFormerStores } from './former-stores';
import { outputsOf } from './outputs';
import { reportFault } from './report-fault';

/** A Trigger that runs: its receiver is attached with its sinks, and its port is open where it has one. */
export interface RunningTrigger {
	/** Never throws, since that would break deactivation (N64). */
	close(): Promise<void>;
}

/** @throws NodeOperationError, which n8n shows where the workflow is published */
export async function startTrigger(context: ITriggerFunctions): Promise<RunningTrigger> {
	let hold: PipelineHold | undefined;
	let attachment: Attachment | undefined;
	let listener: Listener | undefined;
	const close = async (): Promise<void> => {
		try {
			await listener?.close();
			// Where n8n still sends pushes here, they are stored without sinks: a main that is no leader any more (N69).
			await attachment?.detach({ gone: true });
		} catch (error) {
			context.logger.error(`Sluice Trigger: closing failed (${codeOf(error)})`);
		} finally {
			hold?.release();
		}
	};
	try {
		const configuration = await readConfiguration(context);
		hold = await openPipelineFor(context);
		attachment = await attach(context, hold.pipeline, configuration);
		await attachment.ready;
		listener = await listen(hold.pipeline, configuration);
		void warnOfFormerStores(context, await storeOf(context), configuration.holder.key);
	} catch (error) {
		await close();
		throw operationError(context, error);
	}
	return { close };
}

/** Stores a push: by what a running Trigger of this process attached, else by what the workflow says now. */
export async function pushInto(
	context: IWebhookFunctions,
	request: PushedRequest,
): ReturnType<Pipeline['accept']> {
	const hold = await openPipelineFor(context);
	try {
		const key = `${context.getWorkflow().id}:${context.getNode().id}`;
		await attachAppendOnly(context, hold.pipeline, key);
		return await hold.pipeline.accept(key, request);
	} finally {
		hold.release();
	}
}

async function attach(
	context: ITriggerFunctions,
	pipeline: Pipeline,
	o: TriggerConfiguration,
): Promise<Attachment> {
	const kept = outputsOf(o.buffers.map(({ parameters }) => parameters)).count
		? whyEventsWouldBeLost(context)
		: undefined;
	if (kept !== undefined) {
		reportFault(
			context,
			kept,
			'Connect an enabled node, or keep successful executions, and publish again.',
		);
	}
	const sinks = await Promise.all(o.buffers.map((_, index) => sinkOf(context, o, index, kept)));
	const exports = o.buffers.map(({ config }, index) => ({ config, ...sinks[index] }));
	if (o.startOn === 'pushedEvents') {
		forgetAppendOnly(pipeline, o.receiver.id);
		return pipeline.attachReceiver(o.receiver, exports, o.holder);
	}
	return attachAll(exports.map((one) => () => pipeline.attachExport(one, o.holder)));
}

async function sinkOf(
	context: ITriggerFunctions,
	o: TriggerConfiguration,
	index: number,
	kept: string | undefined,
): Promise<Pick<ExportWithSink, 'sink' | 'ports'>> {
	const buffer = o.buffers[index];
	if (buffer?.parameters.then === 'http') {
		const { config, resolveSecret } = await forwardTarget(context, buffer.parameters, o.options);
		return { sink: config, ports: { resolveSecret } };
	}
	// Without a sink its rows wait.
	if (kept !== undefined) return {};
	const outputs = outputsOf(o.buffers.map(({ parameters }) => parameters));
	return executionSink(context, {
		output: outputs.of[index] ?? 0,
		outputs: outputs.count,
		isWholeEvent: o.startOn === 'pushedEvents' && buffer?.parameters.data === 'event',
		numbers: o.options.numbers ?? 'double',
	});
}

/** Events on a port of our own, at an exact path, many times cheaper than through the host (N98). */
async function listen(pipeline: Pipeline, o: TriggerConfiguration): Promise<Listener | undefined> {
	const { ownPort: port, ownHost: host, ownPath, ownIdleTimeoutSeconds } = o.options;
	const own = toListener(
		{ port, host, path: ownPath, idleTimeoutSeconds: ownIdleTimeoutSeconds },
		(name) => `options.own${name.charAt(0).toUpperCase()}${name.slice(1)}`,
	);
	if (!own || o.startOn !== 'pushedEvents') return undefined;
	const listener = await createListener(own.options);
	try {
		listener.mount({
			path: own.path,
			secretInUrl: isSecretInUrl(o.receiver.auth),
			handler: (request) => pipeline.accept(o.receiver.id, request),
			holder: o.holder,
		});
	} catch (error) {
		await listener.close();
		throw error;
	}
	return listener;
}

function operationError(context: ITriggerFunctions, error: unknown): NodeOperationError {
	if (!(error instanceof CoreError)) {
		return new NodeOperationError(
			context.getNode(),
			error instanceof Error ? error : String(error),
		);
	}
	return new NodeOperationError(context.getNode(), error.message, {
		description: `${error.code}: see docs/errors.md of the package. Correct the node and publish the workflow again.`,
	});
}

/** For logs, the code alone: what else an error holds may be the sender's. */
export function codeOf(error: unknown): string {
	return error instanceof CoreError ? error.code : 'unexpected error';
}
