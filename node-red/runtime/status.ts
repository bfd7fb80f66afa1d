import type { Node, NodeAPI } from 'node-red';
import type { InputReport } from './input';
import type { Translate } from './summary-text';

/** Each status is websocket traffic to every open editor (R36), so it is sent at most this often. */
const INTERVAL_MS = 500;

export interface Shown {
	readonly fill: 'red' | 'green' | 'yellow' | 'blue' | 'grey';
	readonly shape: 'ring' | 'dot';
	readonly text: string;
}

/** Shows the latest of many statuses. */
export interface StatusLine {
	show(fill: Shown['fill'], shape: Shown['shape'], text: string): void;
	/** The same, told only when it is sent: texts are translated, and a busy receiver has thousands of them in a second. */
	showLatest(tell: () => Shown): void;
	/** Clears the status and stops the timer. */
	close(): void;
}

export function createStatusLine(node: Node): StatusLine {
	let next: (() => Shown) | undefined;
	let last = '';
	let timer: NodeJS.Timeout | undefined;
	const send = (): void => {
		timer = undefined;
		if (!next) return;
		const { fill, shape, text } = next();
		next = undefined;
		timer = setTimeout(send, INTERVAL_MS).unref();
		const shown = `${fill} ${shape} ${text}`;
		if (shown === last) return;
		last = shown;
		node.status({ fill, shape, text: text.length > 80 ? `${text.slice(0, 79)}…` : text });
	};
	const showLatest = (tell: () => Shown): void => {
		next = tell;
		if (!timer) send();
	};
	return {
		show: (fill, shape, text) => showLatest(() => ({ fill, shape, text })),
		showLatest,
		close() {
			clearTimeout(timer);
			timer = undefined;
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

/** The same of a node that delivers batches and holds nothing itself. */
export function deliveryReport(
	status: StatusLine,
	{ fault, translate }: { readonly fault: () => string | undefined; readonly translate: Translate },
): InputReport & { delivered(rows: number): void; refresh(): void } {
	const report = reportTo(status, translate);
	let done = 0;
	let isWrong = false;
	const refresh = (): void => {
		if (isWrong) return;
		const text = translate('status.delivered', { n: done });
		const wrong = fault();
		if (wrong === undefined) status.show('green', 'ring', text);
		else status.show('yellow', 'ring', `${wrong} · ${text}`);
	};
	return {
		worked() {
			isWrong = false;
			refresh();
		},
		failed(text) {
			isWrong = true;
			report.failed(text);
		},
		late() {
			isWrong = true;
			report.late();
		},
		delivered(rows) {
			done += rows;
		},
		refresh,
	};
}

/** The texts that nodes say at run time, of the catalog in `locales/`. */
export function translator(RED: NodeAPI): Translate {
	return (key, parameters) => RED._(key, parameters as Record<string, string>);
}
