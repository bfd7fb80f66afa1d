import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createFlowSink, fullExportId, settleToken } from '../../core/index';
import { attachNode, showError } from '../runtime/attach';
import { batchMessage, tokenOf } from '../runtime/batch-message';
import { ackTimeoutMs, exportInput, type BufferSettings } from '../runtime/buffer-settings';
import { onInput } from '../runtime/input';
import { itemEvent } from '../runtime/item-event';
import { followPipeline } from '../runtime/pipeline-status';
import { doneRule } from '../runtime/settles';
import { createStatusLine, type StatusLine } from '../runtime/status';

export type BufferNodeConfig = NodeDef &
	Omit<BufferSettings, 'id' | 'label'> & { readonly store?: string };

/** Each message is one event; it is on disk when the node is done with it. A batch that arrives is settled then. */
export function startBuffer(RED: NodeAPI, node: Node, config: BufferNodeConfig): void {
	const status = createStatusLine(node);
	try {
		run(RED, node, config, status);
	} catch (error) {
		showError(node, status, error);
	}
}

function run(RED: NodeAPI, node: Node, config: BufferNodeConfig, status: StatusLine): void {
	const label = node.name || 'sluice buffer';
	const input = exportInput(`items:${node.id}`, { ...config, id: 'main', label });
	const exportId = fullExportId(input);
	const rule = doneRule(RED, node, 0, config.done, () => line.refresh());
	const line = followPipeline(status, {
		owns: (id) => id === exportId,
		note: () => `done when ${rule.when()}`,
		warning: () => rule.warning(),
	});
	const sink = createFlowSink({
		ackTimeoutMs: ackTimeoutMs(config),
		doneWhen: () => rule.when(),
		emit: (batch) => node.send(batchMessage(node.id, label, batch)),
	});
	const attached = attachNode({
		RED,
		node,
		storeId: config.store,
		status,
		attach: (pipeline) => pipeline.attachExport(input, sink, { key: node.id, label }),
		onReady: (pipeline) => line.follow(pipeline),
	});
	onInput(node, status, async (message) => {
		const pipeline = await attached.pipeline();
		await pipeline.add(exportId, [itemEvent(message)]);
		const token = tokenOf(message);
		if (token) settleToken(token, { kind: 'ack' });
	});
	node.on('close', (removed: boolean, done: () => void) => {
		line.close();
		rule.close();
		void attached.close(removed).finally(() => {
			status.close();
			done();
		});
	});
}
