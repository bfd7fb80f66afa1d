/** A node of the deployed flows, as far as wires go. */
export interface WiredNode {
	readonly id: string;
	readonly type: string;
	/** Tab or subflow that holds it. */
	readonly z?: string;
	readonly wires?: readonly (readonly string[])[];
	/** `link out`, `link call`: the link nodes it sends to. */
	readonly links?: readonly string[];
	/** `link out`: `return` goes back to whoever called. */
	readonly mode?: string;
	readonly d?: boolean;
	/** Subflow definitions: where messages enter, and which nodes they leave from. */
	readonly in?: readonly { readonly wires?: readonly { readonly id: string }[] }[];
	readonly out?: readonly {
		readonly wires?: readonly { readonly id: string; readonly port?: number }[];
	}[];
}

/** Node types that settle a batch. */
export const SETTLING_TYPES: readonly string[] = [
	'sluice-ack',
	'sluice-forward',
	'sluice-table',
	'sluice-buffer',
];

/**
 * The settling nodes that a message can reach by wires from one output: link nodes and subflows are followed, disabled nodes are
 * not. Where a message may go at run time (a switch, a function) counts as reached.
 */
export function settlingNodes(nodes: readonly WiredNode[], from: string, output: number): string[] {
	const graph = new Map(nodes.map((node) => [node.id, node]));
	const found = new Set<string>();
	const seen = new Set<string>();
	const start = graph.get(from);
	const open = [...(start?.wires?.[output] ?? []), ...(start ? leaving(start, graph, output) : [])];
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		const node = graph.get(id);
		if (!node || node.d || seen.has(id)) continue;
		seen.add(id);
		if (SETTLING_TYPES.includes(node.type)) found.add(id);
		else open.push(...nextOf(node, graph));
	}
	return [...found];
}

function nextOf(node: WiredNode, graph: ReadonlyMap<string, WiredNode>): string[] {
	const wired = (node.wires ?? []).flat();
	if (node.type === 'link out' && node.mode !== 'return') return [...wired, ...(node.links ?? [])];
	// A link call goes on both there and, when that returns, by its own wires.
	if (node.type === 'link call') return [...wired, ...(node.links ?? [])];
	if (!node.type.startsWith('subflow:')) return [...wired, ...leaving(node, graph)];
	const definition = graph.get(node.type.slice('subflow:'.length));
	return [
		...wired,
		...(definition?.in ?? []).flatMap(({ wires }) => (wires ?? []).map(({ id }) => id)),
	];
}

/** A node inside a subflow that is wired to its output leads to whatever its instances are wired to. */
function leaving(node: WiredNode, graph: ReadonlyMap<string, WiredNode>, port?: number): string[] {
	const definition = node.z === undefined ? undefined : graph.get(node.z);
	const outputs = definition?.out ?? [];
	const leads = outputs.flatMap(({ wires }, index) =>
		(wires ?? []).some(
			(wire) => wire.id === node.id && (port === undefined || (wire.port ?? 0) === port),
		)
			? [index]
			: [],
	);
	if (leads.length === 0) return [];
	const instances = [...graph.values()].filter(({ type }) => type === `subflow:${definition?.id}`);
	return instances.flatMap(({ wires }) => leads.flatMap((index) => wires?.[index] ?? []));
}
