import type { Node, NodeAPI } from 'node-red';
import { migrate } from '../runtime/migrate';
import { startSign, type SignNodeConfig } from './controller';

/** `sluice-sign`: signs a payload with a JWT that carries its checksum. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-sign', function (this: Node, config: SignNodeConfig) {
		RED.nodes.createNode(this, config);
		startSign(RED, this, migrate(config));
	});
}
