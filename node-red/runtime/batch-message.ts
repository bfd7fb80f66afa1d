import type { NodeMessage } from 'node-red';
import type { FlowBatch } from '../../core/index';

/** What travels with a batch under the one property `msg.sluice` (R34, R49). */
export interface BatchInfo {
	/** Node that holds the buffer. */
	readonly buffer: string;
	/** Settles the batch; absent when it was done when sent. */
	readonly token?: string;
	readonly batchId: string;
	readonly attempt: number;
	readonly count: number;
	/** Where the rows of the payload were in the batch, once some of them were put aside. */
	readonly positions?: readonly number[];
	/** ISO 8601. */
	readonly firstAt: string;
	readonly lastAt: string;
	/** Why the batch was closed. */
	readonly reason: string;
	/** Stable over attempts and restarts; give it to whatever can drop duplicates. */
	readonly idempotencyKey: string;
}

export type BatchMessage = NodeMessage & { sluice?: BatchInfo };

export function batchMessage(nodeId: string, label: string, batch: FlowBatch): BatchMessage {
	const { records, token, batchId, attempt, count, firstAt, lastAt, reason, idempotencyKey } =
		batch;
	return {
		topic: label,
		payload: records,
		sluice: {
			buffer: nodeId,
			...(token === undefined ? {} : { token }),
			batchId,
			attempt,
			count,
			firstAt: new Date(firstAt).toISOString(),
			lastAt: new Date(lastAt).toISOString(),
			reason,
			idempotencyKey,
		},
	} as BatchMessage;
}

/** The token of a message, where it carries one. */
export function tokenOf(message: unknown): string | undefined {
	const token = (message as BatchMessage).sluice?.token;
	return typeof token === 'string' && token !== '' ? token : undefined;
}
