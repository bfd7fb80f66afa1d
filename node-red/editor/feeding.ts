// The same pure function as at the deploy, so that dialog and status say the same.
import { feedingBuffers, type FeedingBuffer } from '../runtime/feeding-buffers';
import type { WiredNode } from '../runtime/reachability';
import type { EditorNode } from './red';
import { text } from './text';

/** The buffers whose batches reach a node by the wires in the editor as they are now. */
export function feedingNow(node: EditorNode): readonly FeedingBuffer[] {
	const nodes = RED.nodes.createCompleteNodeSet({ credentials: false }) as unknown as WiredNode[];
	return feedingBuffers(nodes, node.id);
}

/**
 * What people should know of them.
 *
 * @param o.takesBatches rows are what the batch has
 * @param o.needsColumns whole events cannot go there
 * @param o.needsOrder a row of theirs may take the place of an earlier one
 */
export function feedingFaults(
	feeding: readonly FeedingBuffer[],
	o: {
		readonly takesBatches: boolean;
		readonly needsColumns: boolean;
		readonly needsOrder: (one: FeedingBuffer) => boolean;
	},
): readonly string[] {
	return feeding.flatMap((one) => {
		const { label, data, isInOrder } = one;
		const isWhole = o.takesBatches && o.needsColumns && data === 'event';
		return [
			...(isWhole ? [text('feeding.whole', { label })] : []),
			...(!isInOrder && o.needsOrder(one) ? [text('feeding.unordered', { label })] : []),
		];
	});
}
