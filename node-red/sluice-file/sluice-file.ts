import type { Node, NodeAPI } from 'node-red';
import { migrate } from '../runtime/migrate';
import { serveSamples } from '../runtime/sample-route';
import { serveTemplateCheck } from '../runtime/template-route';
import { serveTestDelivery } from '../runtime/test-route';
import { startFile, type FileNodeConfig } from './controller';

/** `sluice-file`: writes batches and messages to files of a directory. */
export default function register(RED: NodeAPI): void {
	serveSamples(RED);
	serveTemplateCheck(RED);
	serveTestDelivery(RED);
	RED.nodes.registerType('sluice-file', function (this: Node, config: FileNodeConfig) {
		RED.nodes.createNode(this, config);
		startFile(RED, this, migrate(config));
	});
}
