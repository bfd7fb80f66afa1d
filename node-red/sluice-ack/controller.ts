import type { Node, NodeAPI, NodeDef } from 'node-red';
import { DeliveryError, settleToken, type Outcome } from '../../core/index';
import { tokenOf, type BatchMessage } from '../runtime/batch-message';
import { onInput } from '../runtime/input';
import { countLate, createStatusLine } from '../runtime/status';

export interface AckNodeConfig extends NodeDef {
	readonly mode?: 'auto' | 'ack' | 'retry' | 'dead';
}

type SettledMessage = BatchMessage & { error?: { message?: unknown }; statusCode?: unknown };

/** Settles the batch whose token the message carries, and passes the message on. */
export function startAck(_RED: NodeAPI, node: Node, config: AckNodeConfig): void {
	const status = createStatusLine(node);
	const late = countLate(status);
	node.on('close', () => status.close());
	onInput(node, status, (message: SettledMessage, send) => {
		const token = tokenOf(message);
		if (token === undefined) {
			status.show('yellow', 'ring', 'no batch to settle: msg.sluice.token is missing');
		} else {
			const outcome = outcomeOf(config.mode ?? 'auto', message);
			if (settleToken(token, outcome)) {
				status.show(
					outcome.kind === 'ack' ? 'green' : 'yellow',
					'dot',
					`${outcome.kind}: ${message.sluice?.count ?? ''} rows`,
				);
			} else {
				late();
			}
		}
		send(message);
	});
}

function outcomeOf(mode: NonNullable<AckNodeConfig['mode']>, message: SettledMessage): Outcome {
	if (mode === 'ack' || (mode === 'auto' && !failed(message))) return { kind: 'ack' };
	const error = new DeliveryError(
		'ERR_SINK_UNAVAILABLE',
		`the flow reported a failure${reasonOf(message)}`,
	);
	return { kind: mode === 'dead' ? 'dead' : 'retry', error };
}

/** R50: an error, a status outside 2xx, or a text in its place (`ECONNREFUSED` of a request that never got an answer). */
function failed({ error, statusCode }: SettledMessage): boolean {
	if (error) return true;
	if (typeof statusCode === 'number') return statusCode < 200 || statusCode > 299;
	return typeof statusCode === 'string';
}

/** The status alone: messages of other nodes may hold anything, secrets too. */
function reasonOf({ statusCode }: SettledMessage): string {
	return statusCode === undefined ? '' : ` (statusCode ${String(statusCode).slice(0, 40)})`;
}
