import type { Node } from 'node-red';
import { settleToken, tokenState } from '../../core/index';
import { tokenOf, type BatchMessage } from './batch-message';
import { onInput, type InputReport, type Worked } from './input';

/** deliveredLate, late: the batch comes again, delivered or not. untold: it was settled by someone else, and is not delivered. */
export type Delivered = 'delivered' | 'deliveredLate' | 'late' | 'untold';

/**
 * Runs a node that delivers. A batch that waits for its settlement is delivered now and settled by what became of it, where the node
 * does that; anything else is kept in its own buffer, and is done then.
 *
 * @param o.deliver settles; absent where the node takes batches over
 * @param o.keep resolves when all of the message is on disk
 */
export function takeBatches<Message extends BatchMessage>(
	node: Node,
	line: InputReport,
	o: {
		readonly deliver?: ((message: Message, token: string) => Promise<Delivered>) | undefined;
		readonly keep: (message: Message) => Promise<void>;
	},
): void {
	const work = async (message: Message, send: (message: Message) => void): Promise<Worked> => {
		const token = tokenOf(message);
		const state = token === undefined ? 'done' : tokenState(token);
		if (state === 'again') return 'late';
		// A batch that is done does not come again: what is still to be delivered of it has to be kept here.
		if (o.deliver && token !== undefined && state === 'open') {
			const result = await o.deliver(message, token);
			if (result === 'delivered' || result === 'deliveredLate') send(message);
			if (result !== 'untold') return result === 'delivered' ? undefined : 'late';
		}
		await o.keep(message);
		if (token === undefined || settleToken(token, { kind: 'ack' })) return undefined;
		return tokenState(token) === 'again' ? 'late' : undefined;
	};
	onInput<Message>(node, line, work as Parameters<typeof onInput<Message>>[2], { settles: true });
}
