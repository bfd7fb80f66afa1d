import type { LatestEvent } from '../latest';
import type { InspectedDocument, InspectedRow } from './store-inspector';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A row as one line of NDJSON: export, state, batch, rowId, eventId, receivedAt, payload; where it has them, sequenceKey, operation, replay and
 * error (on the first row of its batch). A payload that is JSON stands as it
 * is, number by number; any other is base64 and says so by `"encoding":"base64"`. Ends with "\n".
 */
export function toExportLine({ state, batchId, error, row }: InspectedRow): string {
	const head = JSON.stringify({
		export: row.exportId,
		state,
		batch: batchId ?? null,
		rowId: row.rowId === 0 ? null : row.rowId,
		eventId: row.eventId,
		receivedAt: toInstant(row.receivedAt),
		...(row.sequenceKey === undefined ? {} : { sequenceKey: row.sequenceKey }),
		...(row.operation === undefined ? {} : { operation: row.operation }),
		...(row.replay === undefined ? {} : { replay: row.replay }),
		...(error === undefined ? {} : { error: { ...error, at: toInstant(error.at) } }),
	});
	const json = jsonText(row.payload);
	const payload =
		json === undefined
			? `${JSON.stringify(Buffer.from(row.payload).toString('base64'))},"encoding":"base64"`
			: json;
	return `${head.slice(0, -1)},"payload":${payload}}\n`;
}

/** A document as one line of NDJSON: document (its collection), id, revision, value. */
export function toDocumentLine({ collection, id, revision, body }: InspectedDocument): string {
	const head = JSON.stringify({ document: collection, id, revision });
	return `${head.slice(0, -1)},"value":${utf8.decode(body)}}\n`;
}

/** A latest event as one line of NDJSON: latest (its receiver), key, type, device, labels, at, event in base64. */
export function toLatestLine(receiverId: string, { event, at, ...head }: LatestEvent): string {
	const line = {
		latest: receiverId,
		...head,
		at: toInstant(at),
		event: Buffer.from(event).toString('base64'),
	};
	return `${JSON.stringify({ ...line, encoding: 'base64' })}\n`;
}

/** ISO 8601; an instant beyond what a Date can say stays a number. */
function toInstant(at: number): string | number {
	const date = new Date(at);
	return Number.isNaN(date.getTime()) ? at : date.toISOString();
}

/** The payload's own text, in one line, when it is JSON. Parsed only to know: writing it again would change its numbers. */
function jsonText(payload: Uint8Array): string | undefined {
	try {
		const text = utf8.decode(payload);
		JSON.parse(text);
		// Raw line breaks cannot be inside a JSON string.
		return text.replace(/[\r\n]+/g, ' ').trim();
	} catch {
		return undefined;
	}
}
