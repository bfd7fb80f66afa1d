/**
 * Pushes batches to an HTTP endpoint. One request carries the whole batch as a JSON list, or each row is a request of its
 * own (`send: 'row'`), one after the other. A row of output `event` is sent exactly as its event came: the same bytes and the
 * headers that describe them (`body-headers.ts`), so that a forwarded body is the original one (D13).
 *
 * An answer becomes an outcome in `answer.ts`; a request without an answer comes again. A batch sent row by row may end
 * as `split`: the rows that were taken are done, and only the others come again or are put aside. So does a batch with rows
 * that cannot be written: they are put aside alone (`read-rows.ts`).
 */
import type { Batch, EndpointAnswer, Outcome, StoredRow } from '../../buffer/store';
import { DeliveryError, type CoreError } from '../../errors';
import { decodeEvent } from '../../event/codec';
import { encodeRows } from '../formats/encode-rows';
import type { FormatOptions } from '../formats/format';
import { jsonArray } from '../formats/json-array';
import { jsonRow } from '../formats/json-row';
import { readRows, withUnreadable, type UnreadableRow } from '../read-rows';
import type { Attempt, Permit, Sink } from '../sink';
import type { RequestOutcome } from './answer';
import { bodyHeaders } from './body-headers';
import type { HttpEndpoint } from './http-config';
import { createHttpTarget, type HttpPorts, type HttpTarget, type PushOptions } from './http-target';

/**
 * @param ports clock and transport, for tests
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function createHttpSink(config: HttpEndpoint, ports: HttpPorts = {}): Sink {
	const target = createHttpTarget(config, ports);
	const deliver = config.send === 'row' ? deliverRows : deliverBatch;
	return {
		async deliver(batch, attempt) {
			const outcome = await deliver(target, batch, attempt, config);
			// An attempt that we broke off ourselves says nothing about the receiver.
			return attempt.signal.aborted && outcome.kind === 'retry' ? { kind: 'release' } : outcome;
		},
		close: () => target.close(),
	};
}

const FORMAT = jsonArray;

async function deliverBatch(
	target: HttpTarget,
	batch: Batch,
	attempt: Attempt,
	options: FormatOptions,
): Promise<Outcome> {
	const unreadable: UnreadableRow[] = [];
	const parts: Uint8Array[] = [];
	let count = 0;
	const { sendCredentials } = options;
	for await (const { bytes, rows } of encodeRows(batch, FORMAT, { sendCredentials, unreadable })) {
		parts.push(bytes);
		count += rows;
	}
	if (count === 0) return withUnreadable(undefined, unreadable);
	// In one piece: signatures are over all of it, and a stale connection asks for it again.
	const body = Buffer.concat(parts);
	const { signal, onRequest } = attempt;
	const { idempotencyKey } = batch;
	const { contentType } = FORMAT;
	const { outcome } = await target.push(body, { idempotencyKey, contentType, signal, onRequest });
	return withUnreadable(outcome, unreadable);
}

async function deliverRows(
	target: HttpTarget,
	batch: Batch,
	attempt: Attempt,
	options: FormatOptions,
): Promise<Outcome> {
	const { signal, onRequest } = attempt;
	const unreadable: UnreadableRow[] = [];
	const tried: TriedRow[] = [];
	for await (const rows of readRows(batch, rowReader(batch, options), unreadable)) {
		for (const { position, value } of rows) {
			const permit = await attempt.permit();
			if (permit !== 'granted') return stopRows(permit, tried, unreadable, batch.count);
			const push = { ...value.options, signal, onRequest };
			const { outcome } = await target.push(value.body, push);
			tried.push({ position, outcome });
			// The receiver is down or wants a pause: the rest would only fail as well, one timeout after the other.
			if (outcome.kind === 'retry') return settleRows(tried, unreadable, batch.count);
		}
	}
	return settleRows(tried, unreadable, batch.count);
}

/** What is sent of a row. */
interface RowPush {
	readonly body: Uint8Array;
	readonly options: PushOptions;
}

function rowReader(batch: Batch, options: FormatOptions): (row: StoredRow) => RowPush {
	// Not of the batch: a split or replayed row travels in another one, and its receiver should still know it.
	const keyOf = (row: StoredRow) => ({ idempotencyKey: `${row.exportId}/${row.eventId}` });
	if (batch.output === 'event') {
		return (row) => {
			const { body, headers } = decodeEvent(row.payload);
			return { body, options: { ...keyOf(row), bodyHeaders: bodyHeaders(headers) } };
		};
	}
	const write = jsonRow.rowWriter(batch, options);
	return (row) => ({ body: write(row), options: keyOf(row) });
}

/** A row that was sent, and what became of its request. */
interface TriedRow {
	readonly position: number;
	readonly outcome: RequestOutcome;
}

/** Rows that were neither taken nor refused come again, also those that were not tried. */
function settleRows(
	tried: readonly TriedRow[],
	unreadable: readonly UnreadableRow[],
	count: number,
): Outcome {
	const last = tried.filter(({ outcome }) => outcome.kind !== 'ack').at(-1)?.outcome;
	if (!last) return withUnreadable(tried.at(-1)?.outcome, unreadable);
	const { taken, dead, left } = sortRows(tried, unreadable, count);
	const retry = last.kind === 'retry' ? left : [];
	if (taken.length === 0 && (retry.length === 0 || dead.length === 0)) return last;
	const error = 'error' in last ? last.error : undefined;
	const message = `${taken.length} of ${count} rows were taken; the last failure: ${error?.message}`;
	const split: Outcome = {
		kind: 'split',
		retry,
		...(last.kind === 'retry' && last.at !== undefined ? { retryAt: last.at } : {}),
		dead,
		error: partial(message, { retry, dead }, error),
		...answerOf(tried, last),
	};
	return withUnreadable(split, unreadable);
}

/** No more may be sent for now: what was not sent comes again then, and is no attempt where nothing was. */
function stopRows(
	permit: Exclude<Permit, 'granted'>,
	tried: readonly TriedRow[],
	unreadable: readonly UnreadableRow[],
	count: number,
): Outcome {
	const { taken, dead, left: retry } = sortRows(tried, unreadable, count);
	if (tried.length === 0) return { kind: 'release' };
	const message = `${taken.length} of ${count} rows were taken before requests had to wait`;
	const split: Outcome = {
		kind: 'split',
		retry,
		...(permit === 'aborted' ? {} : { retryAt: permit.notBefore }),
		dead,
		error: partial(message, { retry, dead }),
		...answerOf(tried),
	};
	return withUnreadable(split, unreadable);
}

function sortRows(
	tried: readonly TriedRow[],
	unreadable: readonly UnreadableRow[],
	count: number,
): { taken: number[]; dead: number[]; left: number[] } {
	const endedAs = (kind: Outcome['kind']): number[] =>
		tried.filter(({ outcome }) => outcome.kind === kind).map(({ position }) => position);
	const [taken, dead] = [endedAs('ack'), endedAs('dead')];
	const ended = new Set([...taken, ...dead, ...unreadable.map(({ position }) => position)]);
	return { taken, dead, left: positionsOf(count).filter((i) => !ended.has(i)) };
}

/** That of the last failure, unless one before it asked for more than another try. */
function answerOf(tried: readonly TriedRow[], last?: RequestOutcome): { answer?: EndpointAnswer } {
	const answers = tried.flatMap(({ outcome: { answer } }) => answer ?? []);
	const answer = answers.find(({ asksToDisable }) => asksToDisable) ?? last?.answer;
	return answer ? { answer } : {};
}

function partial(
	message: string,
	{ retry, dead }: { readonly retry: readonly number[]; readonly dead: readonly number[] },
	cause?: CoreError,
): DeliveryError {
	const details = { retry: retry.length, dead: dead.length };
	return new DeliveryError('ERR_BATCH_PARTIAL', message, { cause, details });
}

function positionsOf(count: number): number[] {
	return Array.from({ length: count }, (_, position) => position);
}
