import type { EditorNode } from './red';

/** Nodes that settle a batch. */
const SETTLING = new Set(['sluice-ack', 'sluice-forward', 'sluice-table']);

/**
 * The first kind of node that would settle a batch sent from this output, by the wires in the editor as they are now. The
 * runtime decides again at deploy time; this is for the dialog's explanation only.
 */
export function settledBy(node: EditorNode, output: number): string | undefined {
	const links: { source: EditorNode; sourcePort: number; target: EditorNode }[] = [];
	RED.nodes.eachLink((link) => void links.push(link));
	const next = links
		.filter(({ source, sourcePort }) => source.id === node.id && Number(sourcePort) === output)
		.map(({ target }) => target);
	const seen = new Set<string>();
	for (let at = next.pop(); at; at = next.pop()) {
		if (seen.has(at.id)) continue;
		seen.add(at.id);
		if (SETTLING.has(at.type)) return at.type.replace('-', ' ');
		const { id, type } = at;
		next.push(...links.filter(({ source }) => source.id === id).map(({ target }) => target));
		if (type === 'link out' || type === 'link call') next.push(...linked(at));
		// What is inside a subflow counts as reached as soon as the subflow is.
		if (type.startsWith('subflow:')) next.push(...RED.nodes.filterNodes({ z: type.slice(8) }));
	}
	return undefined;
}

function linked(node: EditorNode): EditorNode[] {
	const ids = Array.isArray(node['links']) ? (node['links'] as string[]) : [];
	return ids.flatMap((id) => RED.nodes.node(id) ?? []);
}
