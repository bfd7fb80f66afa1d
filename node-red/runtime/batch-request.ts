import { valueFormat, withoutCredentials, type ValueOptions } from '../../core/index';
import { rowsText, workRows } from './batch-rows';
import type { BatchMessage } from './batch-message';
import { bodyOf } from './item-event';

/** What is sent of a message. */
export interface BatchRequest {
	readonly body: string | Uint8Array;
	/** Absent: JSON. */
	readonly contentType?: string;
}

/**
 * A message in one request. Rows of a batch that cannot be written are put aside alone; what a flow has made of the payload, and is no
 * list, is sent as it is, under its own type where the buffer has written it.
 *
 * @throws MappingError, ReceiveError where nothing can be written
 */
export function batchRequest(message: BatchMessage, options: ValueOptions): BatchRequest {
	const { format = 'json-array', body = 'row', sendCredentials = false } = options;
	const { payload } = message;
	if (isWritten(payload)) {
		const type = message.sluice?.contentType;
		if (type !== undefined) return { body: payload, contentType: type };
	}
	const contentOf = valueFormat(Array.isArray(payload) ? payload : [], options);
	const { contentType } = contentOf;
	if (format === 'json-array' && body === 'row') {
		const text = rowsText(message, sendCredentials);
		return { body: text ?? bodyOf(sendCredentials ? payload : withoutCredentials(payload)) };
	}
	if (!Array.isArray(payload)) {
		return { body: bodyOf(payload), ...(isWritten(payload) ? { contentType } : {}) };
	}
	const worked = workRows(message, (row) => contentOf.write(row));
	if (!worked) {
		return { body: contentOf.join(payload.map((row) => contentOf.write(row))), contentType };
	}
	message.payload = worked.rows;
	return { body: contentOf.join(worked.values), contentType };
}

function isWritten(payload: unknown): payload is string | Uint8Array {
	return typeof payload === 'string' || payload instanceof Uint8Array;
}
