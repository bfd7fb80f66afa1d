import type { Node, NodeAPI } from 'node-red';
import { migrate } from '../runtime/migrate';
import { startAck, type AckNodeConfig } from './controller';

/** `sluice-ack`: settles a batch that the flow has handled. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-ack', function (this: Node, config: AckNodeConfig) {
		RED.nodes.createNode(this, config);
		startAck(RED, this, migrate(config));
	});
}
