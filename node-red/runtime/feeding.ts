import { onDeploy } from './deploys';
import { feedingBuffers, type FeedingBuffer } from './feeding-buffers';
import type { Starting } from './own-buffer';
import { translator } from './status';

/**
 * What is wrong with the buffers that feed a node, decided anew at every deploy.
 *
 * @param o.needsOrder whether a row of a buffer may take the place of an earlier one
 */
export function feedFault({
	RED,
	node,
	needsOrder,
	onClose,
}: Pick<Starting, 'RED' | 'node' | 'onClose'> & {
	readonly needsOrder: (buffer: FeedingBuffer) => boolean;
}): { readonly text: () => string | undefined; readonly onChange: (hear: () => void) => void } {
	let text: string | undefined;
	let listener: () => void = () => {};
	onClose(
		onDeploy(RED, (nodes) => {
			if (!nodes) return;
			const { id, _alias } = node as typeof node & { _alias?: string };
			const feeding = feedingBuffers(nodes, _alias ?? id);
			const one = feeding.find((each) => !each.isInOrder && needsOrder(each));
			text = one && translator(RED)('wiring.unordered', { label: one.label.slice(0, 20) });
			listener();
		}),
	);
	return { text: () => text, onChange: (hear) => void (listener = hear) };
}
