/**
 * The flow as a sink: a batch leaves as a message, and is done either when it was sent or when a token that travels with the
 * message is settled (R49–R54). A batch whose token is never settled comes again after the timeout.
 */
import type { Batch, Outcome } from '../buffer/store';
import { DeliveryError } from '../errors';
import type { Column } from '../mapping/column';
import { ACK_TIMEOUT_MS } from '../pure/bounds';
import { newSecret } from '../runtime/ids';
import { systemClock, type Clock } from '../runtime/clock';
import { describeThrown } from '../describe-thrown';
import {
	flowContent,
	type ContentConfig,
	type FlowContent,
	type WrittenBatch,
} from './flow-content';
import { settleToken, waitForToken, type Settlement } from './flow-token';
import { movePositions } from './move-positions';
import { withUnreadable, type UnreadableRow } from './read-rows';
import { reportedError } from './reported-error';
import type { RequestReport, Sink } from './sink';

/** What a host turns into its message. */
export interface FlowBatch {
	/** Its rows; none where they are written. */
	readonly records: unknown[];
	/** All rows in one, where the sink is told so. */
	readonly written?: WrittenBatch;
	/** Present when the batch is done by a settlement; a plain string, since hosts clone messages (R46). */
	readonly token?: string;
	readonly batchId: string;
	readonly exportId: string;
	readonly attempt: number;
	readonly count: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly reason: string;
	readonly idempotencyKey: string;
	/** How many of its records a replay of kept events has made; absent: none. */
	readonly replayed?: number;
	/** Of its records; absent of whole events. */
	readonly columns?: readonly Column[];
}

/**
 * When a batch that goes to the flow is done: as soon as it was `sent`, or when its token is settled (`acked`). `kept`: the flow has
 * nobody who would get or settle it, and nothing is sent.
 */
export type DoneWhen = 'sent' | 'acked' | 'kept';

/** The flow of a host. */
export interface FlowPorts {
	/** Hands the batch to the host; a throw is a retry, at once. */
	readonly emit: (batch: FlowBatch) => void | Promise<void>;
	/** Asked for every batch. After `kept`, `claimDue` of the pipeline has to be called. */
	readonly doneWhen: () => DoneWhen;
	/** What files are called by; default: the id of the export. */
	readonly label?: string | undefined;
}

/** How batches leave by the flow. */
export interface FlowSinkConfig extends ContentConfig {
	/** How long a token may stay open: 1 s … 24 h, default 10 min; then the batch is retried. */
	readonly ackTimeoutMs?: number | undefined;
	/** How long a token may still be settled after an abort, below 5 s, for hosts whose flow goes on then; default 0. */
	readonly graceMs?: number | undefined;
}

type FlowOptions = FlowSinkConfig & FlowPorts & { readonly clock?: Clock | undefined };

/** A sink that emits batches into the flow of a host. A row that cannot be read, or that no message can carry, is put aside alone. */
export function createFlowSink(options: FlowOptions): Sink {
	return {
		isReady: () => options.doneWhen() !== 'kept',
		async deliver(batch, { signal, onRequest, onPutAside }) {
			// Since it was claimed.
			if (options.doneWhen() === 'kept') return { kind: 'release' };
			const unreadable: UnreadableRow[] = [];
			const content = await flowContent(batch, options, unreadable);
			onPutAside?.(unreadable);
			const { positions } = content;
			const rows = positions.length;
			if (rows === 0) return withUnreadable(undefined, unreadable);
			const startedAt = performance.now();
			const settlement = await emitContent(options, batch, content, signal);
			const { outcome } = settlement;
			const durationMs = performance.now() - startedAt;
			for (const one of requestsOf(settlement, { durationMs, rows })) onRequest(one);
			return withUnreadable(movePositions(outcome, positions), unreadable);
		},
	};
}

/** @returns with positions among the rows that were emitted */
async function emitContent(
	options: FlowOptions,
	batch: Batch,
	content: FlowContent,
	signal: AbortSignal,
): Promise<Settlement> {
	const { clock = systemClock, ackTimeoutMs = ACK_TIMEOUT_MS.fallback, graceMs = 0 } = options;
	const token = options.doneWhen() === 'sent' ? undefined : newSecret(24);
	const settled =
		token === undefined
			? undefined
			: waitForToken(token, { timeoutMs: ackTimeoutMs, graceMs, clock, signal });
	try {
		await options.emit(flowBatch(batch, content, token));
	} catch (error) {
		const message = `the flow did not take the batch: ${describeThrown(error)}`;
		const outcome: Outcome = {
			kind: 'retry',
			error: new DeliveryError('ERR_SINK_UNAVAILABLE', message, { cause: error }),
		};
		// A flow that settled the batch before it failed has had the first word.
		if (token === undefined || settleToken(token, outcome)) return { outcome, requests: [] };
	}
	return (await settled) ?? { outcome: { kind: 'ack' }, requests: [] };
}

/** The batch itself is the request where nobody tells of another one. One that was not given its time says nothing. */
function requestsOf(
	{ outcome, requests }: Settlement,
	known: Pick<RequestReport, 'durationMs' | 'rows'>,
): readonly RequestReport[] {
	const own: RequestReport = {
		ok: outcome.kind === 'ack',
		...known,
		...('error' in outcome ? reportedError(outcome.error) : {}),
	};
	if (requests.length > 0) return requests.map((request) => ({ ...own, ...request }));
	return outcome.kind === 'release' ? [] : [own];
}

function flowBatch(
	batch: Batch,
	{ records, written, positions, replayed }: FlowContent,
	token?: string,
): FlowBatch {
	const { id: batchId, exportId, attempt, firstAt, lastAt, reason, idempotencyKey } = batch;
	const { columns } = batch;
	return {
		records,
		...(written ? { written } : {}),
		...(token === undefined ? {} : { token }),
		batchId,
		exportId,
		attempt,
		count: positions.length,
		firstAt,
		lastAt,
		reason,
		idempotencyKey,
		...(replayed === undefined ? {} : { replayed }),
		...(columns ? { columns } : {}),
	};
}
