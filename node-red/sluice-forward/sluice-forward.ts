import type { Node, NodeAPI } from 'node-red';
import { startForward, type ForwardNodeConfig } from './controller';
import { migrate } from './migrations';

/** `sluice-forward`: delivers batches to an HTTP endpoint. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-forward', function (this: Node, config: ForwardNodeConfig) {
		RED.nodes.createNode(this, config);
		startForward(RED, this, migrate(config));
	});
}
