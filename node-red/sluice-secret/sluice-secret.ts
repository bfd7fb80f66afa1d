import type { Node, NodeAPI, NodeDef } from 'node-red';
import { textOf, type SecretNode } from '../runtime/secrets';

/** `sluice-secret`: holds the signature secret, and the previous one while senders change over. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType(
		'sluice-secret',
		function (this: Node<{ secret: unknown; previous: unknown }>, config: NodeDef) {
			RED.nodes.createNode(this, config);
			const { secret, previous } = (this.credentials as typeof this.credentials | undefined) ?? {};
			const [current, former] = [textOf(secret), textOf(previous)];
			// Without a current one nothing may be signed, least of all with the one that is being given up.
			const secrets: SecretNode['secrets'] =
				current === '' ? [] : [current, former].filter((one) => one !== '');
			if (current === '') this.warn('the secret is empty: nodes that use it do not start');
			Object.assign(this, { secrets });
		},
		{ credentials: { secret: { type: 'password' }, previous: { type: 'password' } } },
	);
}
