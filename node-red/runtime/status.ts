import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { InputReport } from './input';
import type { Translate } from './summary-text';

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
	let last = '';
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
			const shown = `${fill} ${shape} ${text}`;
			if (shown === last) return;
			last = shown;
			next = { fill, shape, text: text.length > 80 ? `${text.slice(0, 79)}…` : text };
			if (!timer) send();
		},
		close() {
			clearTimeout(timer);
			next = undefined;
			last = '';
			node.status({});
		},
	};
}

/** What became of the messages of a node that holds no buffer. */
export function reportTo(status: StatusLine, translate: Translate): InputReport {
	let late = 0;
	return {
		worked() {},
		failed: (text) => status.show('red', 'dot', text),
		late: () => status.show('yellow', 'ring', translate('status.late', { n: ++late })),
	};
}

/** The texts that nodes say at run time, of the catalog in `locales/`. */
export function translator(RED: NodeAPI): Translate {
	return (key, parameters) => RED._(key, parameters as Record<string, string>);
}
