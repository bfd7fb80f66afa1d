import type { Node, NodeAPI } from 'node-red';
import { ConfigError } from '../../core/index';

/** A sluice-secret node: the signature secrets that are valid now, the newest first. */
export interface SecretNode extends Node {
	readonly secrets: readonly string[];
}

/** Secrets of the chosen sluice-secret node. @throws ConfigError when none is chosen, it is gone, or it is empty */
export function secretsOf(RED: NodeAPI, secretId: string | undefined): readonly string[] {
	if (!secretId) throw new ConfigError('secret', 'a sluice secret to be chosen');
	const node = RED.nodes.getNode(secretId) as SecretNode | null;
	if (!node?.secrets)
		throw new ConfigError('secret', 'a sluice secret node that exists and is enabled');
	if (node.secrets.length === 0)
		throw new ConfigError('secret', 'a sluice secret that is not empty');
	return node.secrets;
}
