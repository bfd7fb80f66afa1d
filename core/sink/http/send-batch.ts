import type { Batch, Outcome } from '../../buffer/store';
import { encodeRows } from '../formats/encode-rows';
import { findFormat } from '../formats/find-format';
import { withUnreadable, type UnreadableRow } from '../read-rows';
import type { Attempt } from '../sink';
import type { HttpEndpoint } from './http-config';
import type { HttpTarget } from './http-target';

/** A batch in one request. Rows that cannot be written are put aside alone. */
export async function sendBatch(
	target: HttpTarget,
	batch: Batch,
	attempt: Attempt,
	config: HttpEndpoint,
): Promise<Outcome> {
	const unreadable: UnreadableRow[] = [];
	const parts: Uint8Array[] = [];
	let count = 0;
	const format = findFormat(config.format ?? 'json-array', config);
	const { sendCredentials, body: rowBody, labels } = config;
	const written = { sendCredentials, body: rowBody, labels, unreadable };
	for await (const { bytes, rows } of encodeRows(batch, format, written)) {
		parts.push(bytes);
		count += rows;
	}
	attempt.onPutAside?.(unreadable);
	if (count === 0) return withUnreadable(undefined, unreadable);
	// In one piece: signatures are over all of it, and a stale connection asks for it again.
	const body = Buffer.concat(parts);
	const { signal, onRequest } = attempt;
	const { idempotencyKey } = batch;
	const { contentType } = format;
	const options = { idempotencyKey, contentType, rows: count, signal, onRequest };
	const { outcome } = await target.push(body, options);
	// An attempt that we broke off ourselves says nothing about the receiver.
	if (signal.aborted && outcome.kind === 'retry') return { kind: 'release' };
	return withUnreadable(outcome, unreadable);
}
