import type { Node, NodeAPI } from 'node-red';
import { ConfigError, validateSecret, type SecretRef } from '../../core/index';

/** A sluice-secret node: the signature secrets that are valid now, the newest first. */
export interface SecretNode extends Node {
	readonly secrets: readonly string[];
}

/** A secret as it is used: white space around it came with copying. Node-RED gives no credentials object to a node that has none. */
export function textOf(credential: unknown): string {
	return typeof credential === 'string' ? credential.trim() : '';
}

/** Secrets of the sluice-secret node that a field of a node chooses. @throws ConfigError when none is chosen, it is gone, empty, or out of its bounds */
export function secretsOf(
	RED: NodeAPI,
	secretId: string | undefined,
	field = 'secret',
): readonly string[] {
	if (!secretId) throw new ConfigError(field, 'a sluice secret to be chosen');
	const node = RED.nodes.getNode(secretId) as SecretNode | null;
	if (!node?.secrets)
		throw new ConfigError(field, 'a sluice secret node that exists and is enabled');
	const name = node.name || 'sluice secret';
	if (node.secrets.length === 0)
		throw new ConfigError(field, `the sluice secret "${name}" not to be empty`);
	for (const [at, secret] of node.secrets.entries())
		validateSecret('signature', secret, `${at === 0 ? 'secret' : 'previous'} of "${name}"`);
	return node.secrets;
}

const OF_NODE = 'sluice-secret:';

/** What a configuration holds of the secrets of a sluice-secret node, the newest first. @throws ConfigError as secretsOf */
export function secretRefsOf(RED: NodeAPI, secretId: string | undefined): readonly SecretRef[] {
	return secretsOf(RED, secretId).map((_secret, at) => ({
		secretRef: `${OF_NODE}${secretId}${at === 0 ? '' : `:${at}`}`,
	}));
}

/** The secret that a reference names; undefined for one of something else, or that is gone. @throws ConfigError as secretsOf */
export function signatureSecret(RED: NodeAPI, name: string): string | undefined {
	if (!name.startsWith(OF_NODE)) return undefined;
	const [secretId, at = 0] = name.slice(OF_NODE.length).split(':');
	return secretsOf(RED, secretId)[Number(at)];
}
