import { compare, countersFound, countersOf, type Found } from '../../../inspect/compare-counters';
import type { Finding, VerifyReport } from '../../../inspect/store-inspector';
import { readSizeBytes, rowAt } from '../../row-codec';
import { newTally } from '../../tally';
import { type BatchRow, DAMAGED, toBatch } from '../batches';
import { CHUNK_COLUMNS, openBody, toChunk } from '../chunks';
import type { Query } from '../../../../postgres/connection';
import { sumCounters } from '../counters';
import type { ExportRecord } from '../engine';
import { type BodyRow, damaged } from './walk-rows';

const PAGE = 16;
const CHUNKS = `
SELECT ${CHUNK_COLUMNS}, batch, hold, body FROM @chunk WHERE export = $1 AND (seq, sub) > ($2, $3)
ORDER BY seq, sub LIMIT ${PAGE}`;

/** What is held for a key that nobody knows of would be held for ever. */
const WRONG_KEYS = `
SELECT count(*)::int AS n FROM (SELECT DISTINCT hold AS key FROM @chunk WHERE export = $1 AND hold IS NOT NULL) AS c
FULL JOIN (SELECT key, is_ready FROM @held_key WHERE export = $1) AS h USING (key)
WHERE c.key IS NULL OR h.key IS NULL
	OR h.is_ready = EXISTS (SELECT FROM @busy_key b WHERE b.export = $1 AND b.key = h.key)`;

type Checked = { -readonly [Name in keyof VerifyReport['checked']]: number };

/**
 * Checks one export in one walk over its chunks: checksums (S50), each row in one place (I5), row ids never twice (I11), batches
 * and counters equal to what is stored (I3, I10).
 */
export async function verifyExport(
	query: Query,
	e: ExportRecord,
	checked: Checked,
	report: (finding: Finding) => void,
): Promise<void> {
	const { exportId } = e;
	const find = (rule: Finding['rule'], message: string) => report({ rule, exportId, message });
	const rows = await query<BatchRow>('SELECT * FROM @batch WHERE export = $1 ORDER BY id', [e.id]);
	const batches = rows.map(toBatch);
	const found = new Map<number | null, Found>([[null, { rows: 0, bytes: 0 }]]);
	for (const { number } of batches) found.set(number, { rows: 0, bytes: 0 });
	checked.batches += batches.length;
	const held: Found = { rows: 0, bytes: 0 };
	const rowIds: [first: number, end: number][] = [];
	for await (const row of chunksOf(query, e)) {
		const chunk = toChunk(row);
		checked.chunks++;
		checked.rows += chunk.count;
		const into = found.get(row.batch);
		if (into === undefined) {
			find('I5', `chunk ${chunk.seq}.${chunk.sub} is in batch ${row.batch}, which is not there`);
			continue;
		}
		into.rows += chunk.count;
		if (row.hold) {
			held.rows += chunk.count;
			held.bytes += chunk.bytes;
		}
		const body = openBody(chunk, row.body);
		if (body === undefined) {
			report(damaged(e, chunk));
			into.bytes = Number.NaN;
		} else {
			for (let index = 0; index < chunk.count; index++) {
				into.bytes += readSizeBytes(rowAt(body, index));
			}
		}
		if (chunk.rowId !== 0) rowIds.push([chunk.rowId, chunk.rowId + chunk.count]);
	}
	for (const id of doubled(rowIds)) find('I11', `row id ${id} was given twice`);
	for (const { number, count, sizeBytes, reason } of batches) {
		// A dead letter that stands for damaged rows has none.
		const stored = found.get(number);
		if (reason === DAMAGED || stored === undefined) continue;
		const wrong = compare({ rows: count, bytes: sizeBytes }, { ...stored });
		if (wrong !== '') find('I3', `batch ${number}: ${wrong}`);
	}
	const [keys] = await query<{ n: number }>(WRONG_KEYS, [e.id]);
	if (keys !== undefined && keys.n > 0)
		find('I22', `${keys.n} keys are said to be free, busy or held, and are not`);
	const tally = (await sumCounters(query, [e.id])).get(e.id) ?? newTally();
	const waiting = found.get(null) ?? { rows: 0, bytes: 0 };
	const wrong = compare(countersOf(tally), countersFound(waiting, held, batches));
	if (wrong !== '') find('I10', `counters are not what is stored: ${wrong}`);
}

async function* chunksOf(query: Query, e: ExportRecord): AsyncGenerator<BodyRow> {
	let place = { seq: 0, sub: -1 };
	for (;;) {
		const page = await query<BodyRow>(CHUNKS, [e.id, place.seq, place.sub]);
		yield* page;
		const last = page.at(-1);
		if (last === undefined) return;
		place = { seq: last.seq, sub: last.sub };
	}
}

/** The first id of each overlap. */
function doubled(ranges: [first: number, end: number][]): number[] {
	const sorted = ranges.toSorted(([a], [b]) => a - b);
	return sorted.flatMap(([first], at) => {
		const before = sorted[at - 1];
		return before !== undefined && before[1] > first ? [first] : [];
	});
}
