import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createFlowSink, fullExportId, settleToken, tokenState } from '../../core/index';
import { attachNode } from '../runtime/attach';
import { batchMessage, tokenOf } from '../runtime/batch-message';
import { ackTimeoutMs, exportInput, type BufferSettings } from '../runtime/buffer-settings';
import { onInput } from '../runtime/input';
import { itemEvent } from '../runtime/item-event';
import { followPipeline } from '../runtime/pipeline-status';
import { doneRule } from '../runtime/settles';
import { startNode, type OnClose } from '../runtime/start-node';
import { countLate, type StatusLine } from '../runtime/status';

export type BufferNodeConfig = NodeDef &
	Omit<BufferSettings, 'id' | 'label'> & { readonly store?: string };

/** Each message is one event; it is on disk when the node is done with it. A batch that arrives is settled then. */
export function startBuffer(RED: NodeAPI, node: Node, config: BufferNodeConfig): void {
	startNode(node, (status, onClose) => run({ RED, node, config, status, onClose }));
}

function run(o: {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly config: BufferNodeConfig;
	readonly status: StatusLine;
	readonly onClose: OnClose;
}): void {
	const { RED, node, config, status, onClose } = o;
	const label = node.name || 'sluice buffer';
	const input = exportInput(`items:${node.id}`, { ...config, id: 'main', label });
	const exportId = fullExportId(input);
	const timeoutMs = ackTimeoutMs(config);
	const line = followPipeline(status, {
		owns: (id) => id === exportId,
		note: () => `done when ${rule.when()}`,
		warning: () => rule.warning(),
	});
	onClose(() => line.close());
	const rule = doneRule(RED, node, 0, config.done, () => line.refresh());
	onClose(() => rule.close());
	const sink = createFlowSink({
		ackTimeoutMs: timeoutMs,
		numbers: config.numbers ?? 'double',
		doneWhen: () => rule.when(),
		emit: (batch) => node.send(batchMessage(node.id, label, batch)),
	});
	const attached = attachNode({
		RED,
		node,
		storeId: config.store,
		status,
		onClose,
		attach: (pipeline) => pipeline.attachExport(input, sink, { key: node.id, label }),
		onReady: (pipeline) => line.follow(pipeline),
	});
	const late = countLate(status);
	onInput(node, status, async (message) => {
		const token = tokenOf(message);
		if (token && tokenState(token) === 'again') return late();
		const pipeline = await attached.pipeline();
		await pipeline.add(exportId, [itemEvent(RED, message)]);
		if (!token || settleToken(token, { kind: 'ack' })) return;
		if (tokenState(token) === 'again') late();
	});
}
