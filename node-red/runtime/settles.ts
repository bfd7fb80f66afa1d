import type { Node, NodeAPI } from 'node-red';
import type { BufferSettings } from './buffer-settings';
import { onDeploy } from './deploys';
import { settlingNodes } from './reachability';

/** When batches of one output are done, decided anew at every deploy (the wires behind a node change without restarting it). */
export interface DoneRule {
	when(): 'sent' | 'acked';
	/** What the status says beside it; undefined while there is nothing to say. */
	warning(): string | undefined;
	readonly close: () => void;
}

/**
 * `auto` waits for a settlement exactly when a node that settles can be reached by wires (architecture, section 6).
 *
 * @param onChange called after every deploy
 */
export function doneRule(
	RED: NodeAPI,
	node: Node,
	output: number,
	done: BufferSettings['done'],
	onChange: () => void,
): DoneRule {
	let reached: string[] = [];
	const close = onDeploy(RED, (nodes) => {
		reached = settlingNodes(nodes, (node as Node & { _alias?: string })._alias ?? node.id, output);
		onChange();
	});
	return {
		when() {
			if (done === 'sent' || done === 'acked') return done;
			return reached.length > 0 ? 'acked' : 'sent';
		},
		warning() {
			if (done === 'acked' && reached.length === 0)
				return 'waits for an ack, but none can be reached';
			if (reached.length < 2 || done === 'sent') return undefined;
			return 'the first one decides; use one buffer per destination';
		},
		close,
	};
}
