import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { SecretNode } from '../runtime/secrets';

/** `sluice-secret`: holds the signature secret, and the previous one while senders change over. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType(
		'sluice-secret',
		function (this: Node<{ secret: unknown; previous: unknown }>, config: NodeDef) {
			RED.nodes.createNode(this, config);
			const { secret, previous } = (this.credentials as typeof this.credentials | undefined) ?? {};
			const isSecret = (one: unknown): one is string => typeof one === 'string' && one !== '';
			const secrets: SecretNode['secrets'] = [secret, previous].filter(isSecret);
			Object.assign(this, { secrets });
		},
		{ credentials: { secret: { type: 'password' }, previous: { type: 'password' } } },
	);
}
