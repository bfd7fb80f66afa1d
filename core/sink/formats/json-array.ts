import type { Format, Frame } from './format';
import { jsonRow } from './json-row';

const FRAME: Frame = { head: '[', between: ',', end: '', tail: ']' };

/** All rows as one JSON list. */
export const jsonArray: Format = {
	contentType: 'application/json',
	frame: () => FRAME,
	rowWriter: (batch, options) => jsonRow.rowWriter(batch, options),
	isAsStored: (batch, options) => jsonRow.isAsStored?.(batch, options) === true,
};

/** The same of rows that are JSON texts already, as in a flow. */
export function joinJson(texts: readonly string[]): string {
	return `${FRAME.head}${texts.join(FRAME.between)}${FRAME.tail}`;
}
