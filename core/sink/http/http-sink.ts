/**
 * Pushes batches to an HTTP endpoint. One request carries the whole batch as a JSON list, or each row is a request of its
 * own (`send: 'row'`), one after the other. A row of output `event` is sent exactly as its event came: the same bytes and the
 * headers that describe them (`body-headers.ts`), so that a forwarded body is the original one (D13).
 *
 * An answer becomes an outcome in `answer.ts`; a request without an answer comes again. A batch sent row by row may end
 * as `split`: the rows that were taken are done, and only the others come again or are put aside. So does a batch with rows
 * that cannot be written: they are put aside alone (`read-rows.ts`).
 */
import type { Batch, Outcome, StoredRow } from '../../buffer/store';
import { DeliveryError } from '../../errors';
import { decodeEvent } from '../../event/codec';
import { readRows, withUnreadable, type UnreadableRow } from '../read-rows';
import { recordWriter, type RecordWriter } from '../records';
import type { Sink } from '../sink';
import { bodyHeaders } from './body-headers';
import type { HttpSinkConfig } from './http-config';
import { createHttpTarget, type HttpPorts, type HttpTarget, type PushOptions } from './http-target';

export type { HttpSinkConfig } from './http-config';

/**
 * @param ports clock and transport, for tests
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function createHttpSink(config: HttpSinkConfig, ports: HttpPorts = {}): Sink {
	const target = createHttpTarget(config, ports);
	const deliver = config.send === 'row' ? deliverRows : deliverBatch;
	return {
		async deliver(batch, { signal }) {
			const outcome = await deliver(target, batch, signal, recordWriter(batch, config));
			// An attempt that we broke off ourselves says nothing about the receiver.
			return signal.aborted && outcome.kind === 'retry' ? { kind: 'release' } : outcome;
		},
		close: () => target.close(),
	};
}

async function deliverBatch(
	target: HttpTarget,
	batch: Batch,
	signal: AbortSignal,
	write: RecordWriter,
): Promise<Outcome> {
	const unreadable: UnreadableRow[] = [];
	const parts: string[] = [];
	for await (const rows of readRows(batch, write, unreadable)) {
		for (const { value } of rows) parts.push(value);
	}
	if (parts.length === 0) return withUnreadable(undefined, unreadable);
	const body = new TextEncoder().encode(`[${parts.join(',')}]`);
	const { outcome } = await target.push(body, { idempotencyKey: batch.idempotencyKey, signal });
	return withUnreadable(outcome, unreadable);
}

async function deliverRows(
	target: HttpTarget,
	batch: Batch,
	signal: AbortSignal,
	write: RecordWriter,
): Promise<Outcome> {
	const unreadable: UnreadableRow[] = [];
	const failures: { position: number; outcome: Outcome }[] = [];
	const taken: number[] = [];
	for await (const rows of readRows(batch, rowReader(batch, write), unreadable)) {
		for (const { position, value } of rows) {
			const { outcome } = await target.push(value.body, { ...value.options, signal });
			if (outcome.kind === 'ack') taken.push(position);
			else failures.push({ position, outcome });
			// The receiver is down or wants a pause: the rest would only fail as well, one timeout after the other.
			if (outcome.kind === 'retry') break;
		}
		if (failures.at(-1)?.outcome.kind === 'retry') break;
	}
	return settleRows(failures, taken, unreadable, batch.count);
}

/** What is sent of a row. */
interface RowPush {
	readonly body: Uint8Array;
	readonly options: PushOptions;
}

function rowReader(batch: Batch, write: RecordWriter): (row: StoredRow) => RowPush {
	// Not of the batch: a split or replayed row travels in another one, and its receiver should still know it.
	const keyOf = (row: StoredRow) => ({ idempotencyKey: `${row.exportId}/${row.eventId}` });
	if (batch.output === 'event') {
		return (row) => {
			const { body, headers } = decodeEvent(row.payload);
			return { body, options: { ...keyOf(row), bodyHeaders: bodyHeaders(headers) } };
		};
	}
	return (row) => ({
		body: new TextEncoder().encode(write(row)),
		options: keyOf(row),
	});
}

/** Rows that were neither taken nor refused come again, also those that were not tried. */
function settleRows(
	failures: readonly { position: number; outcome: Outcome }[],
	taken: readonly number[],
	unreadable: readonly UnreadableRow[],
	count: number,
): Outcome {
	const last = failures.at(-1)?.outcome;
	if (!last) return withUnreadable(taken.length > 0 ? { kind: 'ack' } : undefined, unreadable);
	const dead = failures.filter(({ outcome }) => outcome.kind === 'dead').map((f) => f.position);
	const ended = new Set([...taken, ...dead, ...unreadable.map(({ position }) => position)]);
	const retry = last.kind === 'retry' ? positionsOf(count).filter((i) => !ended.has(i)) : [];
	if (taken.length === 0 && (retry.length === 0 || dead.length === 0)) return last;
	const error = 'error' in last ? last.error : undefined;
	const split: Outcome = {
		kind: 'split',
		retry,
		...(last.kind === 'retry' && last.at !== undefined ? { retryAt: last.at } : {}),
		dead,
		error: new DeliveryError(
			'ERR_BATCH_PARTIAL',
			`${taken.length} of ${count} rows were taken; the last failure: ${error?.message}`,
			{ cause: error, details: { retry: retry.length, dead: dead.length } },
		),
	};
	return withUnreadable(split, unreadable);
}

function positionsOf(count: number): number[] {
	return Array.from({ length: count }, (_, position) => position);
}
