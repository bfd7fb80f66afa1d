import { limitOf, requireExport, type Operable } from '../operable';
import { showRows, type ShownRow } from './shown-rows';

/** Rows that are shown when nobody says, and at most. */
const PEEK_ROWS = { default: 10, max: 1_000 } as const;

/** The oldest waiting rows; they stay. */
export async function peek(
	on: Operable,
	exportId: string,
	o: { readonly limit?: number | undefined } = {},
): Promise<{ exportId: string; rows: ShownRow[] }> {
	const limit = limitOf(o.limit, 'limit', PEEK_ROWS.max, PEEK_ROWS.default);
	const known = await requireExport(on, exportId);
	const waiting = await on.store.peek(exportId, { limit });
	return { exportId, rows: await showRows([waiting], exportId, known, limit) };
}
