import type { Node, NodeAPI } from 'node-red';
import { startVerify, type VerifyNodeConfig } from './controller';
import { migrate } from './migrations';

/** `sluice-verify`: checks such a signature on a message. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-verify', function (this: Node, config: VerifyNodeConfig) {
		RED.nodes.createNode(this, config);
		startVerify(RED, this, migrate(config));
	});
}
