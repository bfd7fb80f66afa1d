import { ConfigError, type AuthSecret, type SecretRef } from '../../core/index';
import type { ForwardNode } from './headers';

/** Secrets of a node under the names by which its configuration refers to them. */
export class KeptSecrets {
	readonly #texts = new Map<string, string>();

	/** @returns puts a secret aside and gives what stands in its place */
	keeper(owner: string): (name: string, secret: string) => SecretRef {
		return (name, secret) => {
			this.#texts.set(`${owner}:${name}`, secret);
			return { secretRef: `${owner}:${name}` };
		};
	}

	get(name: string): string | undefined {
		return this.#texts.get(name);
	}
}

/** What people have filled in. Node-RED gives no credentials object to a node that has none. @throws ConfigError where it is missing */
export function credential(
	node: ForwardNode,
	name: AuthSecret | 'pushKey',
	keep: (name: string, secret: string) => SecretRef,
): SecretRef {
	const value = (node.credentials as ForwardNode['credentials'] | undefined)?.[name];
	if (typeof value === 'string' && value !== '') return keep(name, value);
	throw new ConfigError(
		name,
		'a value; copied and imported flows come without it, so fill it in again',
	);
}
