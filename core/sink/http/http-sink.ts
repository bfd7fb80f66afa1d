/**
 * Pushes batches to an HTTP endpoint. One request carries the whole batch as a JSON list, or each row is a request of its
 * own (`send: 'row'`), one after the other. A row of output `event` is sent exactly as its event came: the same bytes and
 * content type, so that a forwarded body is the original one (D13).
 *
 * An answer becomes an outcome in `answer.ts`; a request without an answer comes again. A batch sent row by row may end
 * as `split`: the rows that were taken are done, and only the others come again or are put aside.
 */
import type { Batch, Outcome, StoredRow } from '../../buffer/store';
import { DeliveryError } from '../../errors';
import { decodeEvent } from '../../event/codec';
import { readRecords, recordReader } from '../records';
import type { Sink } from '../sink';
import type { HttpSinkConfig } from './http-config';
import { createHttpTarget, type HttpPorts, type HttpTarget } from './http-target';

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
			const outcome = await deliver(target, batch, signal);
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
): Promise<Outcome> {
	const parts: string[] = [];
	for await (const records of readRecords(batch)) {
		for (const record of records) parts.push(JSON.stringify(record));
	}
	const body = new TextEncoder().encode(`[${parts.join(',')}]`);
	const { outcome } = await target.push(body, { idempotencyKey: batch.idempotencyKey, signal });
	return outcome;
}

async function deliverRows(
	target: HttpTarget,
	batch: Batch,
	signal: AbortSignal,
): Promise<Outcome> {
	const failures: { position: number; outcome: Outcome }[] = [];
	const read = rowReader(batch);
	let tried = 0;
	for await (const rows of batch.rows()) {
		for (const row of rows) {
			const { body, contentType } = read(row);
			// Not of the batch: a split or replayed row travels in another one, and its receiver should still know it.
			const idempotencyKey = `${row.exportId}/${row.eventId}`;
			const { outcome } = await target.push(body, { idempotencyKey, contentType, signal });
			if (outcome.kind !== 'ack') failures.push({ position: tried, outcome });
			tried += 1;
			// The receiver is down or wants a pause: the rest would only fail as well, one timeout after the other.
			if (outcome.kind === 'retry') return settleRows(failures, tried, batch.count);
		}
	}
	return settleRows(failures, tried, batch.count);
}

function rowReader(
	batch: Batch,
): (row: StoredRow) => { body: Uint8Array; contentType?: string | undefined } {
	if (batch.output === 'event') {
		return (row) => {
			const { body, headers } = decodeEvent(row.payload);
			return { body, contentType: headers['content-type']?.[0] };
		};
	}
	const toRecord = recordReader(batch);
	return (row) => ({ body: new TextEncoder().encode(JSON.stringify(toRecord(row))) });
}

/** @param tried number of rows that were sent; the rest comes again */
function settleRows(
	failures: readonly { position: number; outcome: Outcome }[],
	tried: number,
	count: number,
): Outcome {
	const last = failures.at(-1)?.outcome;
	if (!last) return { kind: 'ack' };
	const dead = failures.filter(({ outcome }) => outcome.kind === 'dead').map((f) => f.position);
	const isRetry = last.kind === 'retry';
	const retry = isRetry ? Array.from({ length: count - tried + 1 }, (_, i) => tried - 1 + i) : [];
	if (retry.length === count || dead.length === count) return last;
	const error = 'error' in last ? last.error : undefined;
	return {
		kind: 'split',
		retry,
		...(isRetry && last.at !== undefined ? { retryAt: last.at } : {}),
		dead,
		error: new DeliveryError(
			'ERR_BATCH_PARTIAL',
			`${count - retry.length - dead.length} of ${count} rows were taken; the last failure: ${error?.message}`,
			{ cause: error, details: { retry: retry.length, dead: dead.length } },
		),
	};
}
