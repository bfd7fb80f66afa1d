import type { Node, NodeAPI } from 'node-red';
import { migrate } from '../runtime/migrate';
import { startAlert, type AlertNodeConfig } from './controller';

/** `sluice-alert`: a message for each thing that is wrong with receivers, buffers or the store, or for each delivery. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-alert', function (this: Node, config: AlertNodeConfig) {
		RED.nodes.createNode(this, config);
		startAlert(RED, this, migrate(config));
	});
}
