import { reachOf, type WiredNode } from './reachability';

/** A buffer whose batches get to a node by wires. */
export interface FeedingBuffer {
	readonly label: string;
	/** Of one that has no order, or several batches at once, an older batch may come after a newer one. */
	readonly isInOrder: boolean;
	readonly data: 'event' | 'fields' | 'columns';
	/** Names of its columns, and of those that are its key; none of whole events. */
	readonly columns: readonly string[];
	readonly primaryKey: readonly string[];
}

interface SavedBuffer {
	readonly label?: string;
	readonly order?: string;
	readonly maxInFlight?: unknown;
	readonly data?: FeedingBuffer['data'];
	readonly fields?: readonly SavedColumn[];
	readonly columns?: readonly SavedColumn[];
}

interface SavedColumn {
	readonly name: string;
	readonly primaryKey?: boolean;
}

/** As nodes are saved. */
type Saved = WiredNode & SavedBuffer & { readonly name?: string; readonly buffers?: unknown };

/** The buffers of the flows whose batches can reach a node. Pure; the dialogs ask it, too. */
export function feedingBuffers(nodes: readonly WiredNode[], id: string): readonly FeedingBuffer[] {
	return (nodes as readonly Saved[]).flatMap((node) => {
		const reaches = (output: number): boolean =>
			reachOf(nodes, node.id, output).settling.includes(id);
		if (node.type === 'sluice-buffer')
			return reaches(0) ? [described(node, node.name || 'sluice buffer')] : [];
		if (node.type !== 'sluice-receiver' || !Array.isArray(node.buffers)) return [];
		return (node.buffers as readonly SavedBuffer[]).flatMap((buffer, output) =>
			reaches(output) ? [described(buffer, buffer.label || node.name || node.id)] : [],
		);
	});
}

function described(buffer: SavedBuffer, label: string): FeedingBuffer {
	const { data = 'event', order = 'any', maxInFlight } = buffer;
	const of = data === 'event' ? [] : (buffer[data] ?? []);
	return {
		label,
		isInOrder: order !== 'any' && [undefined, '', 1, '1'].includes(maxInFlight as string),
		data,
		columns: of.map(({ name }) => name),
		primaryKey: of.filter(({ primaryKey }) => primaryKey).map(({ name }) => name),
	};
}
