import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { settleToken, tokenState } from '../../core/index';
import { withoutUnwritable } from '../runtime/batch-rows';
import { batchMessage, tokenOf } from '../runtime/batch-message';
import { exportInput, type BufferSettings } from '../runtime/buffer-settings';
import { onInput, type Worked } from '../runtime/input';
import { itemEvent } from '../runtime/item-event';
import { keptPart, keptSetting, type Kept } from '../runtime/kept-part';
import { attachFlowExport } from '../runtime/flow-export';
import { offerSample } from '../runtime/sample-route';
import { startNode, type OnClose } from '../runtime/start-node';
import type { StatusLine } from '../runtime/status';

export type BufferNodeConfig = NodeDef &
	Omit<BufferSettings, 'id' | 'label'> & { readonly store?: string; readonly keep?: Kept };

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
	const receiverId = `items:${node.id}`;
	const input = exportInput(receiverId, { ...config, id: 'main', label });
	const keep = keptSetting(config.keep);
	const { exportId, attached, line } = attachFlowExport({
		RED,
		node,
		label,
		input,
		settings: config,
		message: (batch) => batchMessage(node.id, label, batch),
		status,
		onClose,
		onReady: (pipeline) => onClose(offerSample(RED, node, { pipeline, receiverId })),
	});
	const work = async (message: NodeMessage): Promise<Worked> => {
		const token = tokenOf(message);
		if (token && tokenState(token) === 'again') return 'late';
		const pipeline = await attached.pipeline();
		const part = keptPart(message, keep, withoutUnwritable(message));
		await pipeline.add(exportId, [itemEvent(RED, message, part)]);
		if (!token || settleToken(token, { kind: 'ack' })) return undefined;
		return tokenState(token) === 'again' ? 'late' : undefined;
	};
	onInput(node, line, work, { settles: true });
}
