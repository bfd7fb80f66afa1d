import type { Node, NodeMessage } from 'node-red';
import { CoreError, locatedError } from '../../core/index';
import type { StatusLine } from './status';

type Send = (message: NodeMessage | (NodeMessage | null)[]) => void;

/**
 * Runs a node's work for each message: exactly one `done`, and every throw becomes `done(err)` with `msg.error.code` for catch
 * nodes, a red status and no end of the process (R33).
 */
export function onInput(
	node: Node,
	status: StatusLine,
	work: (message: NodeMessage, send: Send) => void | Promise<void>,
): void {
	node.on('input', (message, send, done) => {
		void Promise.resolve()
			.then(() => work(message, send as Send))
			.then(
				() => done(),
				(error: unknown) => {
					status.show('red', 'dot', error instanceof CoreError ? error.code : 'unexpected error');
					if (error instanceof CoreError) done(locatedError(error));
					else
						done(error instanceof Error ? error : new Error('unexpected error', { cause: error }));
				},
			);
	});
}
