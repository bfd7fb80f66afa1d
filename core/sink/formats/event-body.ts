import { UNMAPPED_REVISION, type StoredRow } from '../../buffer/store';
import { MappingError } from '../../errors';
import { decodeEvent } from '../../event/codec';
import { parseJson } from '../../event/numbers';
import { decodeUtf8 } from '../../event/utf8';
import { recordText } from '../read-rows';
import type { RowsOf, RowWriter } from './format';

const encoder = new TextEncoder();

/** The event's own body as JSON, with the numbers of its sender. What it throws concerns this row alone. */
export function eventBodyWriter(batch: RowsOf): RowWriter {
	return (row) => encoder.encode(recordText(jsonBody(batch, row)));
}

/**
 * The body of a Data Connector (D8), of an event that has one: what else it holds is left out, and so are labels that were not chosen
 * (D39) and those that it does not have.
 */
export function connectorWriter(batch: RowsOf, labels: readonly string[] = []): RowWriter {
	return (row) => {
		const body = connectorBody(jsonBody(batch, row), labels);
		if (body === undefined) throw unfit(row, NO_EVENT);
		return encoder.encode(recordText(body));
	};
}

/** Why a row has no such body. */
export const NO_EVENT = 'its body has no "event", which a Data Connector sends';

/** What a Data Connector sends of a body; undefined of one that has no event. */
export function connectorBody(body: unknown, labels: readonly string[]): object | undefined {
	const { event, labels: given, metadata } = asObject(body);
	if (!isObject(event)) return undefined;
	const chosen = Object.entries(asObject(given)).filter(([key]) => labels.includes(key));
	return {
		event,
		labels: Object.fromEntries(chosen),
		...(metadata === undefined ? {} : { metadata }),
	};
}

/** @throws MappingError ERR_COLUMN_VALUE for a row that is mapped, or whose event has no JSON */
function jsonBody({ output }: RowsOf, row: StoredRow): unknown {
	if (output !== 'event' && row.mappingRevision !== UNMAPPED_REVISION) {
		throw unfit(row, 'it is mapped; choose the whole event, or the body "row"');
	}
	try {
		return parseJson(decodeUtf8(decodeEvent(row.payload).body) ?? '', 'exact');
	} catch {
		// Without the parser's error as cause: its message shows a part of the body.
		throw unfit(row, 'its body is no JSON');
	}
}

function unfit({ rowId, exportId, eventId }: StoredRow, why: string): MappingError {
	const message = `row ${rowId} of ${exportId} cannot be sent: ${why}`;
	return new MappingError('ERR_COLUMN_VALUE', message, { details: { exportId, rowId, eventId } });
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
	return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
