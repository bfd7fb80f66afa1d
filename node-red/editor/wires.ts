// The same pure function decides at deploy time, so that dialog and status say the same.
import { settlingNodes, type WiredNode } from '../runtime/reachability';
import type { EditorNode } from './red';

/** What would settle a batch sent from this output, by the wires in the editor as they are now: `sluice ack`, … */
export function settledBy(node: EditorNode, output: number): string | undefined {
	const nodes = RED.nodes.createCompleteNodeSet({ credentials: false }) as unknown as WiredNode[];
	const [first] = settlingNodes(nodes, node.id, output);
	return nodes.find(({ id }) => id === first)?.type.replace('-', ' ');
}
