import type { Node, NodeAPI } from 'node-red';
import { processShared } from '../../core/index';

/** What dialogs say of a node that is not there, which is an answer like any other: of another status the browser would speak of a page that is broken. */
export const NOT_DEPLOYED =
	'the node is not deployed, is disabled, or cannot start: deploy it, and look at its status. A node within a subflow runs only where the subflow is used';

/** Those within subflows, by the id of the definition, which is the one that the editor knows; of each Node-RED of the process. */
function withinSubflows(RED: Pick<NodeAPI, 'httpAdmin'>): Map<string, Set<Node>> {
	const all = processShared(
		'tests-in-subflows',
		() => new WeakMap<object, Map<string, Set<Node>>>(),
	);
	const known = all.get(RED.httpAdmin) ?? new Map<string, Set<Node>>();
	all.set(RED.httpAdmin, known);
	return known;
}

/** Lets the dialog of a node find it, also within a subflow, until the returned function is called. */
export function offerToDialog(
	RED: Pick<NodeAPI, 'httpAdmin'>,
	node: Node & { readonly _alias?: string },
): () => void {
	const { _alias: id } = node;
	if (id === undefined) return () => {};
	const nodes = withinSubflows(RED);
	const same = nodes.get(id) ?? new Set();
	nodes.set(id, same.add(node));
	return () => {
		same.delete(node);
		if (same.size === 0 && nodes.get(id) === same) nodes.delete(id);
	};
}

/** The node that a dialog is of; of several instances of a subflow the first, and how many there are. */
export function deployedNode<N extends Node>(
	RED: Pick<NodeAPI, 'nodes' | 'httpAdmin'>,
	id: string,
): { readonly node: N; readonly instances?: number } | undefined {
	const node = RED.nodes.getNode(id) as N | null;
	if (node) return { node };
	const same = [...(withinSubflows(RED).get(id) ?? [])] as N[];
	return same[0] && { node: same[0], instances: same.length };
}
