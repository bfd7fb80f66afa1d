import type { Node, NodeStatus } from 'node-red';

/** Each status is websocket traffic to every open editor (R36), so it is sent at most this often. */
const INTERVAL_MS = 500;

/** Shows the latest of many statuses. */
export interface StatusLine {
	show(
		fill: 'red' | 'green' | 'yellow' | 'blue' | 'grey',
		shape: 'ring' | 'dot',
		text: string,
	): void;
	/** Clears the status and stops the timer. */
	close(): void;
}

export function createStatusLine(node: Node): StatusLine {
	let next: NodeStatus | undefined;
	let timer: NodeJS.Timeout | undefined;
	const send = (): void => {
		timer = undefined;
		if (!next) return;
		node.status(next);
		next = undefined;
		timer = setTimeout(send, INTERVAL_MS).unref();
	};
	return {
		show(fill, shape, text) {
			next = { fill, shape, text: text.length > 80 ? `${text.slice(0, 79)}…` : text };
			if (!timer) send();
		},
		close() {
			clearTimeout(timer);
			next = undefined;
			node.status({});
		},
	};
}

/** Counts and shows the messages that came too late for their batch. */
export function countLate(status: StatusLine): () => void {
	let late = 0;
	return () => status.show('yellow', 'ring', `${++late} late: settled before, or timed out`);
}
