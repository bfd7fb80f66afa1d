import { isByKey } from '../export-rules';
import { sequenceName } from '../key-bytes';
import { readSequenceKey, rowAt } from '../row-codec';
import type { StoredExport } from '../../store';
import { CHUNK_COLUMNS, type ChunkRow, openBody, toChunk } from './chunks';
import type { Query } from '../../../postgres/connection';
import type { ExportRecord } from './engine';
import { blockLater, refreshAll, takeKeys } from './key-tables';

const PAGE = 16;

const FORGET = `DELETE FROM @busy_key WHERE export = $1`;
const UNKEY = `
UPDATE @batch SET is_keyed = false, is_blocked = false WHERE export = $1 AND (is_keyed OR is_blocked)`;

const OPEN = `SELECT id, coalesce(place, id) AS place FROM @batch WHERE export = $1 AND state = 'open' ORDER BY id`;
const KEY = `UPDATE @batch SET is_keyed = true WHERE export = $1 AND state = 'open'`;
const CHUNKS = `
SELECT ${CHUNK_COLUMNS}, body FROM @chunk WHERE batch = $1 AND (seq, sub) > ($2, $3) ORDER BY seq, sub LIMIT ${PAGE}`;

/**
 * What the order of an export becomes counts for what is open, too (I22). Called by who owns the export.
 *
 * @param e as it was
 */
export async function switchOrder(
	query: Query,
	e: ExportRecord,
	config: StoredExport,
): Promise<void> {
	const [was, is] = [isByKey(e), isByKey({ config })];
	if (was && !is) {
		await query(FORGET, [e.id]);
		await query(UNKEY, [e.id]);
		await refreshAll(query, e.id);
	}
	if (was || !is) return;
	for (const { id: number, place } of await query<{ id: number; place: number }>(OPEN, [e.id])) {
		await takeKeys(query, e.id, { number, place }, await keysOf(query, number));
	}
	await query(KEY, [e.id]);
	await blockLater(query, e.id);
}

async function keysOf(query: Query, number: number): Promise<Set<string>> {
	const names = new Set<string>();
	let place = { seq: 0, sub: -1 };
	for (;;) {
		const page = await query<ChunkRow & { body: Buffer }>(CHUNKS, [number, place.seq, place.sub]);
		for (const row of page) {
			const found = openBody(toChunk(row), row.body);
			for (let at = 0; found !== undefined && at < row.n; at++) {
				const key = readSequenceKey(rowAt(found, at));
				if (key !== undefined) names.add(sequenceName(key));
			}
		}
		const last = page.at(-1);
		if (last === undefined) return names;
		place = { seq: last.seq, sub: last.sub };
	}
}
