import { NO_FRAME, type Format } from './format';
import { jsonRow } from './json-row';

const FRAME = { ...NO_FRAME, end: '\n' };

/** A JSON text per line; nothing that writes JSON here puts a line end into it. */
export const ndjson: Format = {
	contentType: 'application/x-ndjson',
	frame: () => FRAME,
	rowWriter: (batch, options) => jsonRow.rowWriter(batch, options),
	isAsStored: (batch, options) => jsonRow.isAsStored?.(batch, options) === true,
};
