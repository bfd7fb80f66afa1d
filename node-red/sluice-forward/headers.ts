import type { Node, NodeAPI } from 'node-red';
import { checkHeaderNames, ConfigError, type AuthSecret, type SecretRef } from '../../core/index';
import { keyOf, liesInClear, readSecretValues, type SavedHeader } from '../runtime/forward-headers';

/** Credentials are as people filled them in. */
export type ForwardNode = Node<
	{ secretHeaders: unknown; pushKey?: unknown } & { [Name in AuthSecret]?: unknown }
>;

const OF_HEADER = 'header:';

/** What is sent, with references to the secret values. @throws ConfigError for a name that is there twice */
export function headersOf(
	RED: NodeAPI,
	node: ForwardNode,
	headers: readonly SavedHeader[] = [],
): Record<string, string | SecretRef> {
	warnOfClear(RED, node);
	checkHeaderNames(headers.map(({ name }) => name));
	return Object.fromEntries(
		headers.map(({ name, value = '', secret }) => [
			name,
			secret === true ? { secretRef: `${OF_HEADER}${name}` } : value,
		]),
	);
}

/** The value that such a reference names; undefined for one of something else. @throws ConfigError where it is missing */
export function secretHeader(node: ForwardNode, name: string): string | undefined {
	if (!name.startsWith(OF_HEADER)) return undefined;
	const header = name.slice(OF_HEADER.length);
	// Node-RED gives no credentials object to a node that has none.
	const { secretHeaders } = (node.credentials as ForwardNode['credentials'] | undefined) ?? {};
	const value = readSecretValues(secretHeaders).get(keyOf(header));
	if (value !== undefined) return value;
	throw new ConfigError(
		`headers[${JSON.stringify(header)}]`,
		'its secret value; copied and imported flows come without it, so fill it in again',
	);
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
