import type { Node, NodeAPI } from 'node-red';
import { serveTableDdl } from '../runtime/ddl-route';
import { migrate } from '../runtime/migrate';
import { serveSamples } from '../runtime/sample-route';
import { serveTemplateCheck } from '../runtime/template-route';
import { serveTestDelivery } from '../runtime/test-route';
import { startTable, type TableNodeConfig } from './controller';

/** `sluice-table`: loads batches and messages into a table of a database. */
export default function register(RED: NodeAPI): void {
	serveSamples(RED);
	serveTemplateCheck(RED);
	serveTestDelivery(RED);
	serveTableDdl(RED);
	RED.nodes.registerType('sluice-table', function (this: Node, config: TableNodeConfig) {
		RED.nodes.createNode(this, config);
		startTable(RED, this, migrate(config));
	});
}
