import type { NodeAPI } from 'node-red';
import { servePathCheck } from '../runtime/path-route';
import { serveSamples } from '../runtime/sample-route';
import { serveSeen } from '../runtime/seen-route';
import { serveTestDelivery } from '../runtime/test-route';
import { serveTemplateCheck } from '../runtime/template-route';
import { migrate } from '../runtime/migrate';
import { startReceiver, type ReceiverNode, type ReceiverNodeConfig } from './controller';

/** `sluice-receiver`: an endpoint that verifies pushed events and holds its buffers, one output each. */
export default function register(RED: NodeAPI): void {
	serveTemplateCheck(RED);
	servePathCheck(RED);
	serveSeen(RED);
	serveSamples(RED);
	serveTestDelivery(RED);
	RED.nodes.registerType(
		'sluice-receiver',
		function (this: ReceiverNode, config: ReceiverNodeConfig) {
			RED.nodes.createNode(this, config);
			startReceiver(RED, this, migrate(config));
		},
		{ credentials: { urlSecret: { type: 'text' }, verifyToken: { type: 'password' } } },
	);
}
