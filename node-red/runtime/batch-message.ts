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
	/** Names of its columns, in their order, and of those that are its primary key; absent of whole events. */
	readonly columns?: readonly string[];
	readonly primaryKey?: readonly string[];
	/** How many rows a replay of kept events has made; absent: none, or the payload is one text or file. */
	readonly replayed?: number;
	/** Of a payload that is one text or file. */
	readonly contentType?: string;
}

/** `filename` where the payload is one text or file, since nodes that write files take it from there. */
export type BatchMessage = NodeMessage & { sluice?: BatchInfo; filename?: string };

export function batchMessage(nodeId: string, label: string, batch: FlowBatch): BatchMessage {
	const { token, batchId, attempt, count, firstAt, lastAt, reason, idempotencyKey } = batch;
	const { records, written, columns = [], replayed } = batch;
	const keys = columns.filter(({ primaryKey }) => primaryKey);
	return {
		topic: label,
		payload: written ? payloadOf(written) : records,
		...(written ? { filename: written.fileName } : {}),
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
			...(columns.length > 0 ? { columns: columns.map(({ name }) => name) } : {}),
			...(keys.length > 0 ? { primaryKey: keys.map(({ name }) => name) } : {}),
			...(replayed === undefined ? {} : { replayed }),
			...(written ? { contentType: written.contentType } : {}),
		},
	} as BatchMessage;
}

function payloadOf(written: NonNullable<FlowBatch['written']>): string | Buffer {
	return written.as === 'text' ? written.text : Buffer.from(written.bytes);
}

/** The token of a message, where it carries one. */
export function tokenOf(message: unknown): string | undefined {
	const token = (message as BatchMessage).sluice?.token;
	return typeof token === 'string' && token !== '' ? token : undefined;
}
