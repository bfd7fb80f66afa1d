import { ConfigError, ReceiveError } from '../errors';
import type { Profile } from '../event/body';
import { encodeEvent } from '../event/codec';
import type { Event } from '../event/event';
import { wholeRecord } from '../event/event-record';
import type { Column } from './column';
import { formatCsvRow } from './csv';
import { compileMapping, type Mapping } from './mapping';

/** What of an export's configuration decides over its rows. */
export interface RowConfig {
	/** Tells items of the flow from pushed events. */
	readonly receiverId?: string;
	/** None: the whole event. */
	readonly columns?: readonly Column[];
	/** Typed JSON, text cells by the Keboola rules, or the event as it came. */
	readonly output: 'record' | 'cells' | 'event';
}

/** What the store keeps of an event for one export. */
export interface RenderedRow {
	/** As RowConfig.output says; `id` columns are null until the store has numbered the row. */
	readonly payload: Uint8Array;
	/** What counts for the size condition: bytes of the CSV row for cells (K63), of the payload otherwise. */
	readonly sizeBytes: number;
}

/** Largest CSV row (K68). */
const MAX_CELLS_BYTES = 1_048_576;

/**
 * Compiles an export's columns into the function that renders its rows.
 *
 * @throws ConfigError, MappingError as `compileMapping`; the function throws what rendering throws, and ReceiveError
 *   ERR_BODY_TOO_LARGE for a row of cells above 1 MiB
 */
export function createRowRenderer(
	config: RowConfig,
	profile: Profile = 'buffer',
): (event: Event) => RenderedRow {
	const mapping = config.columns && compileMapping({ columns: config.columns, profile });
	return renderPayload(config, mapping, profile);
}

function renderPayload(
	{ output, receiverId }: RowConfig,
	mapping: Mapping | undefined,
	profile: Profile,
): (event: Event) => RenderedRow {
	switch (output) {
		case 'event':
			return (event) => whole(encodeEvent(event));
		case 'record':
			return (event) =>
				whole(
					toJson(
						mapping
							? mapping.renderRecord(event, { exactNumbers: true })
							: wholeRecord(event, receiverId, 'exact'),
					),
				);
		case 'cells':
			if (!mapping) throw new ConfigError('columns', 'at least one column for output cells');
			return (event) => renderCells(mapping, event, profile);
		default:
			throw new ConfigError('output', 'record, cells or event', output);
	}
}

function renderCells(mapping: Mapping, event: Event, profile: Profile): RenderedRow {
	const cells = mapping.renderCells(event);
	const row = formatCsvRow(cells, { quote: profile === 'stream' ? 'always' : 'needed' });
	const sizeBytes = Buffer.byteLength(row);
	if (sizeBytes > MAX_CELLS_BYTES) {
		throw new ReceiveError(
			'ERR_BODY_TOO_LARGE',
			`the mapped row is ${sizeBytes} bytes, the limit is ${MAX_CELLS_BYTES} (1 MiB)`,
		);
	}
	return { payload: toJson(cells), sizeBytes };
}

function whole(payload: Uint8Array): RenderedRow {
	return { payload, sizeBytes: payload.length };
}

/** Never too deep: neither a body (`MAX_DEPTH`) nor what a template makes (its limit `depth`) is. */
function toJson(value: unknown): Uint8Array {
	// Not by a TextEncoder: memory of its own for each row costs more than to write it.
	return Buffer.from(JSON.stringify(value));
}
