import type { Node, NodeAPI } from 'node-red';
import { ConfigError } from '../../core/index';
import { keyOf, liesInClear, readSecretValues, type SavedHeader } from '../runtime/forward-headers';

/** Credentials are as people filled them in. */
export type ForwardNode = Node<{ secretHeaders: unknown }>;

/** What is sent, with the secret values put in. @throws ConfigError where the value of a secret header is missing */
export function headersOf(
	RED: NodeAPI,
	node: ForwardNode,
	headers: readonly SavedHeader[] = [],
): Record<string, string> {
	warnOfClear(RED, node);
	// Node-RED gives no credentials object to a node that has none.
	const { secretHeaders } = (node.credentials as ForwardNode['credentials'] | undefined) ?? {};
	const values = readSecretValues(secretHeaders);
	const sent: Record<string, string> = {};
	for (const { name, value = '', secret } of headers) {
		const found = secret === true ? values.get(keyOf(name)) : value;
		if (found === undefined) {
			throw new ConfigError(
				`headers[${JSON.stringify(name)}]`,
				'its secret value; copied and imported flows come without it, so fill it in again',
			);
		}
		sent[name] = found;
	}
	return sent;
}

/** Looks at the flow as it is saved: in the node's own configuration environment variables are filled in. */
function warnOfClear(RED: NodeAPI, node: ForwardNode): void {
	const id = (node as Node & { _alias?: string })._alias ?? node.id;
	RED.nodes.eachNode((saved) => {
		if (saved.id !== id) return;
		const { headers } = saved as unknown as { headers?: unknown };
		const clear = (Array.isArray(headers) ? (headers as SavedHeader[]) : []).filter(liesInClear);
		for (const { name } of clear)
			node.warn(
				`the value of header "${name}" lies in clear in the flow; open the dialog, and mark it as secret`,
			);
	});
}
