import { limitOf, requireExport, type Operable } from '../operable';
import { showRows, type ShownRow } from './shown-rows';

/** The oldest waiting rows; they stay. */
export async function peek(
	on: Operable,
	exportId: string,
	o: { readonly limit?: number | undefined } = {},
): Promise<{ exportId: string; rows: ShownRow[] }> {
	const limit = limitOf(o.limit, 'limit');
	const known = await requireExport(on, exportId);
	const waiting = await on.store.peek(exportId, { limit });
	return { exportId, rows: await showRows([waiting], exportId, known, limit) };
}
