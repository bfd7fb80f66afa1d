import type { Node, NodeAPI } from 'node-red';
import {
	fullExportId,
	toFlowSink,
	type ExportInput,
	type FlowBatch,
	type FlowPorts,
	type Pipeline,
} from '../../core/index';
import { attachNode, nodeLogger, type Attached } from './attach';
import type { BatchMessage } from './batch-message';
import type { BufferSettings } from './buffer-settings';
import { deployedDoneRule, faultText } from './deployed-done-rule';
import { followPipeline, type PipelineStatusLine } from './pipeline-status';
import type { OnClose } from './start-node';
import { translator, type StatusLine } from './status';

/** A buffer that is a node by itself: attached, with its batches leaving by the first output, and its status line. */
export interface FlowExport {
	/** Full id. */
	readonly exportId: string;
	readonly attached: Attached;
	readonly line: PipelineStatusLine;
}

/**
 * @param o.message what a batch is in the flow
 * @param o.onReady hears of the pipeline when it is attached there
 */
export function attachFlowExport(o: {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly label: string;
	readonly input: ExportInput;
	readonly settings: Omit<BufferSettings, 'id' | 'label'> & { readonly store?: string };
	readonly message: (batch: FlowBatch) => BatchMessage;
	readonly status: StatusLine;
	readonly onClose: OnClose;
	readonly onReady?: (pipeline: Pipeline) => void;
}): FlowExport {
	const { RED, node, label, input, settings, status, onClose } = o;
	const exportId = fullExportId(input);
	const sink = toFlowSink(settings);
	const translate = translator(RED);
	const line = followPipeline(status, {
		owns: (id) => id === exportId,
		done: () => (rule.when() === 'acked' ? 'acked' : 'sent'),
		fault: () => faultText(translate, [rule.fault()]),
		translate,
	});
	onClose(() => line.close());
	const rule = deployedDoneRule(RED, node, 0, {
		done: settings.done,
		onChange: () => line.refresh(),
		onReady: () => attached.claimDue(),
	});
	onClose(() => rule.close());
	const flow: FlowPorts = {
		label,
		doneWhen: () => rule.when(),
		emit: (batch) => node.send(o.message(batch)),
	};
	const attached = attachNode({
		RED,
		node,
		storeId: settings.store,
		status,
		onClose,
		attach: (pipeline) =>
			pipeline.attachExport(
				{ config: input, sink, ports: { flow } },
				{ key: node.id, label, logger: nodeLogger(node) },
			),
		onReady: (pipeline) => {
			line.follow(pipeline);
			o.onReady?.(pipeline);
		},
	});
	return { exportId, attached, line };
}
