import type { Node, NodeAPI } from 'node-red';
import { migrate } from '../runtime/migrate';
import { startVerify, type VerifyNodeConfig } from './controller';

/** `sluice-verify`: checks such a signature on a message. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-verify', function (this: Node, config: VerifyNodeConfig) {
		RED.nodes.createNode(this, config);
		startVerify(RED, this, migrate(config));
	});
}
