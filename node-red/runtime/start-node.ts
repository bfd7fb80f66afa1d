import type { Node } from 'node-red';
import { CoreError, DeliveryError, processShared, settleToken } from '../../core/index';
import { tokenOf } from './batch-message';
import { createStatusLine, type StatusLine } from './status';

/** Registers what gives something back when the node closes; `removed`: the node is gone for good. May be asynchronous. */
export type OnClose = (close: (removed: boolean) => void | Promise<void>) => void;

/** Node-RED waits 15 s (R35) and calls a node that takes longer an error; a store that is being opened may take longer. */
const CLOSE_MS = 12_000;

/**
 * Starts a node: a throw is shown and the others go on. What `start` has taken by then is given back at once, since a node that
 * does not run must hold nothing; each step that takes something registers with `onClose` before the next one.
 */
export function startNode(node: Node, start: (status: StatusLine, onClose: OnClose) => void): void {
	const status = createStatusLine(node);
	const closers: Parameters<OnClose>[0][] = [];
	const close = async (removed: boolean): Promise<void> => {
		const ended = await Promise.allSettled(closers.splice(0).map(async (one) => one(removed)));
		for (const one of ended) if (one.status === 'rejected') node.error(one.reason);
	};
	node.on('close', (removed: boolean, done: () => void) => {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<void>((resolve) => {
			timer = setTimeout(() => {
				node.warn(`not closed within ${CLOSE_MS / 1000} s; the rest of it ends by itself`);
				resolve();
			}, CLOSE_MS);
		});
		void Promise.race([close(removed), late]).finally(() => {
			clearTimeout(timer);
			status.close();
			done();
		});
	});
	try {
		start(status, (one) => void closers.push(one));
	} catch (error) {
		showError(node, status, error);
		void close(false);
		refuseInput(node, error);
	}
}

/** On nodes that could not be started; any loaded copy of this module may ask. */
function broken(): WeakSet<object> {
	return processShared('node-red-broken', () => new WeakSet());
}

/** Whether a node of the deployed flows does not run: it is not there, or could not be started. */
export function isBroken(node: unknown): boolean {
	return typeof node !== 'object' || node === null || broken().has(node);
}

/** A node that does not run settles nothing. What still comes is an error, and its batch comes again by its buffer's schedule. */
function refuseInput(node: Node, cause: unknown): void {
	broken().add(node);
	node.on('input', (message, _send, done) => {
		const error = new DeliveryError(
			'ERR_SINK_UNAVAILABLE',
			`the node "${node.name || node.type}" could not be started${cause instanceof CoreError ? `: ${cause.code}` : ''}`,
		);
		const token = tokenOf(message);
		if (token !== undefined) settleToken(token, { kind: 'retry', error });
		done(error);
	});
}

/** Red status and a line in the log; the message of a CoreError names the field and the bound, and never a secret. */
export function showError(node: Node, status: StatusLine, error: unknown): void {
	status.show(
		'red',
		'ring',
		error instanceof CoreError ? error.message : 'unexpected error, see the log',
	);
	node.error(error instanceof CoreError ? `${error.code}: ${error.message}` : error);
}
