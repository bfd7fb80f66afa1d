import type { NodeAPI } from 'node-red';
import { migrate } from '../runtime/migrate';
import { serveSamples } from '../runtime/sample-route';
import { serveTemplateCheck } from '../runtime/template-route';
import { serveTestDelivery } from '../runtime/test-route';
import { startForward, type ForwardNodeConfig } from './controller';
import type { ForwardNode } from './headers';

/** `sluice-forward`: delivers batches to an HTTP endpoint, or to a dataset of Opendatasoft. */
export default function register(RED: NodeAPI): void {
	serveTemplateCheck(RED);
	serveSamples(RED);
	serveTestDelivery(RED);
	RED.nodes.registerType(
		'sluice-forward',
		function (this: ForwardNode, config: ForwardNodeConfig) {
			RED.nodes.createNode(this, config);
			startForward(RED, this, migrate(config));
		},
		{
			credentials: {
				secretHeaders: { type: 'text' },
				pushKey: { type: 'password' },
				authValue: { type: 'password' },
				authToken: { type: 'password' },
				authPassword: { type: 'password' },
				authClientSecret: { type: 'password' },
			},
		},
	);
}
