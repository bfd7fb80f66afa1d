import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { runVerb } from '../../core/index';
import { attachNode } from '../runtime/attach';
import { onInput } from '../runtime/input';
import { followPipeline } from '../runtime/pipeline-status';
import { startNode, type OnClose } from '../runtime/start-node';
import { translator, type StatusLine } from '../runtime/status';
import { controlRequest, type ControlSettings } from './request';

export type ControlNodeConfig = NodeDef & ControlSettings & { readonly store?: string };

/** Each message is one verb; its result becomes the payload. The status is that of the buffer, or of all in the store. */
export function startControl(RED: NodeAPI, node: Node, config: ControlNodeConfig): void {
	startNode(node, (status, onClose) => run({ RED, node, config, status, onClose }));
}

function run(o: {
	readonly RED: NodeAPI;
	readonly node: Node;
	readonly config: ControlNodeConfig;
	readonly status: StatusLine;
	readonly onClose: OnClose;
}): void {
	const { RED, node, config, status, onClose } = o;
	const { buffer = '' } = config;
	const line = followPipeline(status, {
		owns: (id) => buffer === '' || id === buffer,
		done: () => 'delivered',
		fault: () => undefined,
		translate: translator(RED),
	});
	onClose(() => line.close());
	const attached = attachNode({
		RED,
		node,
		storeId: config.store,
		status,
		onClose,
		// It holds nothing.
		attach: () => ({ ready: Promise.resolve(), detach: async () => {} }),
		onReady: (pipeline) => line.follow(pipeline),
	});
	const work = async (message: NodeMessage, send: (message: NodeMessage) => void) => {
		const { verb, arguments: given } = controlRequest(config, message);
		message.payload = await runVerb(await attached.pipeline(), verb, given);
		send(message);
		line.readStore();
	};
	onInput(node, line, work);
}
