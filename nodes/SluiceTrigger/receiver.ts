import type { ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';
import {
	attachAll,
	type Attachment,
	type ExportWithSink,
	type Pipeline,
	type PushedRequest,
} from '../../core/index';
import { openPipelineFor, storeOf } from '../shared/store';
import { attachAppendOnly, forgetAppendOnly } from './append-only';
import {
	datasetTarget,
	filesTarget,
	tableTarget,
	forwardTarget,
	readConfiguration,
	type TriggerConfiguration,
} from './configuration';
import { executionSink } from './executions';
import { keepsRows } from './followers';
import { warnOfFormerStores } from './former-stores';
import { eventItem, rowItem } from './items';
import { outputsOf } from './outputs';
import { listenOnOwnPort } from './own-port';
import { pushUrlOf } from './push-url';
import type { StartPorts } from './start-ports';

/** Attaches its receiver with its sinks, and opens its port where it has one. @throws CoreError */
export async function startBuffers({ context, pipeline, onClose }: StartPorts): Promise<void> {
	const configuration = await readConfiguration(context);
	const attachment = await attach(context, pipeline, configuration);
	// Where n8n still sends pushes here, they are stored without sinks: a main that is no leader any more (N69).
	onClose(() => attachment.detach({ gone: true }));
	await attachment.ready;
	if (configuration.startOn === 'pushedEvents') {
		const listener = await listenOnOwnPort(context, pipeline, configuration);
		onClose(() => listener?.close());
	}
	void warnOfFormerStores(context, await storeOf(context), configuration.holder.key);
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
	const { count } = outputsOf(o.buffers.map(({ parameters }) => parameters));
	const kept = count > 0 && keepsRows(context);
	const sinks = await Promise.all(o.buffers.map((_, index) => sinkOf(context, o, index, kept)));
	const exports = o.buffers.map(({ config }, index) => ({ config, ...sinks[index] }));
	if (o.startOn === 'pushedEvents') {
		forgetAppendOnly(pipeline, o.receiver.id);
		return pipeline.attachReceiver(o.receiver, exports, {
			...o.holder,
			pushUrl: pushUrlOf(context, o),
		});
	}
	return attachAll(exports.map((one) => () => pipeline.attachExport(one, o.holder)));
}

async function sinkOf(
	context: ITriggerFunctions,
	o: TriggerConfiguration,
	index: number,
	kept: boolean,
): Promise<Pick<ExportWithSink, 'sink' | 'ports'>> {
	const buffer = o.buffers[index];
	if (buffer?.parameters.then === 'http') {
		const { config, resolveSecret, open } = await forwardTarget(context, buffer, o.options);
		// Attaching would find it later, and by core's names.
		open().close();
		return { sink: config, ports: { resolveSecret } };
	}
	if (buffer?.parameters.then === 'opendatasoft') {
		const { config, resolveSecret } = await datasetTarget(context, buffer);
		return { sink: config, ports: { resolveSecret } };
	}
	if (buffer?.parameters.then === 'table') {
		const { config, databases } = await tableTarget(context, buffer);
		return { sink: config, ports: { databases } };
	}
	if (buffer?.parameters.then === 'files') {
		const { config, directories } = filesTarget(buffer);
		return { sink: config, ports: { directories } };
	}
	// Without a sink its rows wait.
	if (kept) return {};
	const outputs = outputsOf(o.buffers.map(({ parameters }) => parameters));
	return executionSink(context, {
		output: outputs.of[index] ?? 0,
		outputs: outputs.count,
		toItem:
			o.startOn === 'pushedEvents' && buffer?.parameters.data === 'event' ? eventItem : rowItem,
		content: buffer?.content,
		label: buffer?.parameters.name,
	});
}
