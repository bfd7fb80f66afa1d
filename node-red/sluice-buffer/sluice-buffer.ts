import type { Node, NodeAPI } from 'node-red';
import { serveSamples } from '../runtime/sample-route';
import { serveTemplateCheck } from '../runtime/template-route';
import { migrate } from '../runtime/migrate';
import { startBuffer, type BufferNodeConfig } from './controller';

/** `sluice-buffer`: a durable buffer for messages of the flow. */
export default function register(RED: NodeAPI): void {
	serveTemplateCheck(RED);
	serveSamples(RED);
	RED.nodes.registerType('sluice-buffer', function (this: Node, config: BufferNodeConfig) {
		RED.nodes.createNode(this, config);
		startBuffer(RED, this, migrate(config));
	});
}
