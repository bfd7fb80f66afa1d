import type { Batch, StoredRow } from '../../buffer/store';
import { decodeEvent } from '../../event/codec';
import { jsonRow } from '../formats/json-row';
import { isJsonText } from '../../event/is-json-text';
import { decodeUtf8 } from '../../event/utf8';
import { isHeaderValue } from '../../pure/header-name';
import { bodyHeaders } from './body-headers';
import type { HttpEndpoint } from './http-config';
import type { PushOptions } from './push-options';

/** What is sent of a row in a request of its own. */
export interface RowPush {
	readonly sequenceKey: string | undefined;
	readonly body: Uint8Array;
	readonly options: PushOptions;
}

/**
 * Makes requests of rows. A row of output `event` is sent exactly as its event came: the same bytes and the headers that describe them
 * (`body-headers.ts`), so that a forwarded body is the original one (D13).
 *
 * @returns a function that throws what is wrong with a row
 */
export function rowPusher(
	batch: Batch,
	{ body, labels, sendCredentials }: HttpEndpoint,
): (row: StoredRow) => RowPush {
	// Not of the batch: a split or replayed row travels in another one, and its receiver should still know it.
	const keyOf = (row: StoredRow) => ({ idempotencyKey: `${row.exportId}/${row.eventId}` });
	if (batch.output === 'event' && body !== 'connector') {
		return (row) => {
			const { body, headers } = decodeEvent(row.payload);
			const described = bodyHeaders(headers);
			const contentType = isHeaderValue(described['content-type']) ? undefined : typeOf(body);
			const options = { ...keyOf(row), bodyHeaders: described, contentType };
			return { sequenceKey: row.sequenceKey, body, options };
		};
	}
	const write = jsonRow.rowWriter(batch, { body, labels, sendCredentials });
	return (row) => ({ sequenceKey: row.sequenceKey, body: write(row), options: keyOf(row) });
}

/** Of bytes whose sender did not say what they are: what they are not must not be said of them. */
function typeOf(body: Uint8Array): string {
	const text = decodeUtf8(body);
	return text !== undefined && isJsonText(text) ? 'application/json' : 'application/octet-stream';
}
