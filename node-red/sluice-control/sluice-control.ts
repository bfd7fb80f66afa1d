import type { Node, NodeAPI } from 'node-red';
import { migrate } from '../runtime/migrate';
import { startControl, type ControlNodeConfig } from './controller';

/** `sluice-control`: shows how buffers stand, and pauses, flushes, retries, replays, … by message. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType('sluice-control', function (this: Node, config: ControlNodeConfig) {
		RED.nodes.createNode(this, config);
		startControl(RED, this, migrate(config));
	});
}
