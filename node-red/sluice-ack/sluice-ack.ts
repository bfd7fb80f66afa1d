import type { Node, NodeAPI } from 'node-red';
import { startAck, type AckNodeConfig } from './controller';
import { migrate } from './migrations';

/** `sluice-ack`: settles a batch that the flow has handled. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-ack', function (this: Node, config: AckNodeConfig) {
		RED.nodes.createNode(this, config);
		startAck(RED, this, migrate(config));
	});
}
