import type { Node, NodeAPI } from 'node-red';
import { serveSamples } from '../runtime/sample-route';
import { serveTemplateCheck } from '../runtime/template-route';
import { migrate } from '../runtime/migrate';
import { startMap, type MapNodeConfig } from './controller';

/** `sluice-map`: maps a payload through fields or columns. */
export default function register(RED: NodeAPI): void {
	serveTemplateCheck(RED);
	serveSamples(RED);
	RED.nodes.registerType('sluice-map', function (this: Node, config: MapNodeConfig) {
		RED.nodes.createNode(this, config);
		startMap(RED, this, migrate(config));
	});
}
