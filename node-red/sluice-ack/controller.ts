import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
	DeliveryError,
	isGatewayStatus,
	settleToken,
	type Outcome,
	type Settlement,
} from '../../core/index';
import { tokenOf, type BatchMessage } from '../runtime/batch-message';
import { onInput, type Worked } from '../runtime/input';
import { createStatusLine, reportTo, translator } from '../runtime/status';

export interface AckNodeConfig extends NodeDef {
	readonly mode?: 'auto' | 'ack' | 'retry' | 'dead';
}

type SettledMessage = BatchMessage & { error?: { message?: unknown }; statusCode?: unknown };

/** Settles the batch whose token the message carries, and passes the message on. */
export function startAck(RED: NodeAPI, node: Node, config: AckNodeConfig): void {
	const status = createStatusLine(node);
	const translate = translator(RED);
	const report = reportTo(status, translate);
	node.on('close', () => status.close());
	const work = (message: SettledMessage, send: (message: SettledMessage) => void): Worked => {
		const token = tokenOf(message);
		if (token === undefined) {
			status.show('yellow', 'ring', translate('status.noToken'));
			send(message);
			return undefined;
		}
		const outcome = outcomeOf(config.mode ?? 'auto', message);
		const isSettled = settleToken(token, outcome, requestsOf(outcome, message));
		if (isSettled) {
			const { kind } = outcome;
			const text = translate(`status.settled.${kind}`, { n: message.sluice?.count ?? 1 });
			status.show(kind === 'ack' ? 'green' : 'yellow', 'dot', text);
		}
		send(message);
		return isSettled ? undefined : 'late';
	};
	onInput(node, report, work, { settles: true });
}

function outcomeOf(mode: NonNullable<AckNodeConfig['mode']>, message: SettledMessage): Outcome {
	if (mode === 'ack' || (mode === 'auto' && !failed(message))) return { kind: 'ack' };
	const error = new DeliveryError(
		'ERR_SINK_UNAVAILABLE',
		`the flow reported a failure${reasonOf(message)}`,
	);
	return { kind: mode === 'dead' ? 'dead' : 'retry', error };
}

/** A request that got no answer, or that of a gateway, has reached nobody: the batch then waits as one of `sluice-forward` does. */
function requestsOf({ kind }: Outcome, { statusCode }: SettledMessage): Settlement['requests'] {
	if (kind !== 'retry') return [];
	if (typeof statusCode === 'number')
		return [{ status: statusCode, ...(isGatewayStatus(statusCode) ? { unreachable: true } : {}) }];
	const isErrorCode = typeof statusCode === 'string' && /^[A-Z][A-Z0-9_]+$/.test(statusCode);
	return isErrorCode ? [{ unreachable: true }] : [];
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
