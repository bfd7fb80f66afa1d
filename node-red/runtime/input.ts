import type { Node, NodeMessage } from 'node-red';
import { CoreError, locatedError, settlementOfFailure, settleToken } from '../../core/index';
import { tokenOf } from './batch-message';

type Send = (message: NodeMessage | (NodeMessage | null)[]) => void;

/** `late`: the message belongs to a batch that is settled or comes again, and was left alone. */
export type Worked = void | 'late';

/** Where a node shows what became of its messages. */
export interface InputReport {
	worked(): void;
	/** The message ended as an error. */
	failed(text: string): void;
	/** The message came too late for its batch. */
	late(): void;
}

/**
 * Runs a node's work for each message: exactly one `done`, and every throw becomes `done(err)` with `msg.error.code` for catch
 * nodes, a red status and no end of the process (R33).
 *
 * @param o.settles the node settles batches: one whose message it cannot handle is settled at once, since no attempt later the
 *   same message would do
 */
export function onInput<Message extends NodeMessage = NodeMessage>(
	node: Node,
	report: InputReport,
	work: (message: Message, send: Send) => Worked | Promise<Worked>,
	o: { readonly settles?: boolean } = {},
): void {
	node.on('input', (message, send, done) => {
		// Before the work changes it.
		const token = o.settles ? tokenOf(message) : undefined;
		void Promise.resolve()
			.then(() => work(message as Message, send as Send))
			.then(
				(worked) => {
					if (worked === 'late') report.late();
					else report.worked();
					done();
				},
				(error: unknown) => {
					if (token !== undefined) {
						const { outcome, requests } = settlementOfFailure(error);
						settleToken(token, outcome, requests);
					}
					report.failed(error instanceof CoreError ? error.code : 'unexpected error');
					if (error instanceof CoreError) done(locatedError(error));
					else
						done(error instanceof Error ? error : new Error('unexpected error', { cause: error }));
				},
			);
	});
}
