/**
 * Each row of a batch in a request of its own, one after the other, until one comes again: the endpoint is down or wants a pause, and
 * the rest would only fail as well, one timeout after the other. A row of output `event` is sent exactly as its event came: the same
 * bytes and the headers that describe them (`body-headers.ts`), so that a forwarded body is the original one (D13).
 */
import type { Batch, Outcome, StoredRow } from '../../buffer/store';
import { decodeEvent } from '../../event/codec';
import { jsonRow } from '../formats/json-row';
import { readRows, type UnreadableRow } from '../read-rows';
import type { Attempt } from '../sink';
import { bodyHeaders } from './body-headers';
import type { HttpEndpoint } from './http-config';
import type { HttpTarget } from './http-target';
import type { PushOptions } from './push-options';
import { settleRows, type TriedRow } from './settle-rows';

export async function sendRows(
	target: HttpTarget,
	batch: Batch,
	attempt: Attempt,
	config: HttpEndpoint,
): Promise<Outcome> {
	const { signal, onRequest } = attempt;
	const { count } = batch;
	const unreadable: UnreadableRow[] = [];
	const tried: TriedRow[] = [];
	for await (const rows of readRows(batch, rowReader(batch, config), unreadable)) {
		for (const { position, value } of rows) {
			const permit = signal.aborted ? 'aborted' : await attempt.permit();
			if (permit !== 'granted') return settleRows(tried, { count, unreadable, stoppedBy: permit });
			const push = { ...value.options, signal, onRequest };
			const { outcome } = await target.push(value.body, push);
			// What we broke off ourselves says nothing about the row.
			if (signal.aborted && outcome.kind === 'retry') {
				return settleRows(tried, { count, unreadable, stoppedBy: 'aborted' });
			}
			tried.push({ position, outcome });
			if (outcome.kind === 'retry') return settleRows(tried, { count, unreadable });
		}
	}
	return settleRows(tried, { count, unreadable });
}

/** What is sent of a row. */
interface RowPush {
	readonly body: Uint8Array;
	readonly options: PushOptions;
}

function rowReader(
	batch: Batch,
	{ body, labels, sendCredentials }: HttpEndpoint,
): (row: StoredRow) => RowPush {
	// Not of the batch: a split or replayed row travels in another one, and its receiver should still know it.
	const keyOf = (row: StoredRow) => ({ idempotencyKey: `${row.exportId}/${row.eventId}` });
	if (batch.output === 'event' && body !== 'connector') {
		return (row) => {
			const { body, headers } = decodeEvent(row.payload);
			return { body, options: { ...keyOf(row), bodyHeaders: bodyHeaders(headers) } };
		};
	}
	const write = jsonRow.rowWriter(batch, { body, labels, sendCredentials });
	return (row) => ({ body: write(row), options: keyOf(row) });
}
