import { newTally, type Tally } from '../tally';
import type { Query } from '../../../postgres/connection';
import type { Transaction } from './engine';

/** Columns of the counter table and the members of a tally they hold. */
const COLUMNS = [
	['rows', 'rows'],
	['bytes', 'bytes'],
	['held_rows', 'heldRows'],
	['held_bytes', 'heldBytes'],
	['open_batches', 'openBatches'],
	['open_rows', 'openRows'],
	['open_bytes', 'openBytes'],
	['dead_batches', 'deadBatches'],
	['dead_rows', 'deadRows'],
	['dead_bytes', 'deadBytes'],
	['accepted', 'acceptedTotal'],
	['acked', 'ackedTotal'],
	['dropped', 'droppedTotal'],
	['dropped_since', 'droppedSinceDisabled'],
	['purged', 'purgedTotal'],
	['buried', 'buriedTotal'],
] as const satisfies readonly (readonly [string, keyof Tally])[];

const NAMES = COLUMNS.map(([column]) => column);

const ADD = `
INSERT INTO @counter AS c (export, slot, ${NAMES.join(', ')})
SELECT * FROM unnest($1::int[], $2::smallint[], ${NAMES.map((_, at) => `$${at + 3}::bigint[]`).join(', ')})
ON CONFLICT (export, slot) DO UPDATE SET
${NAMES.map((name) => `${name} = c.${name} + excluded.${name}`).join(', ')}`;

const SUMS = `
SELECT export, ${NAMES.map((name) => `sum(${name})::bigint AS ${name}`).join(', ')}
FROM @counter WHERE export = ANY($1::int[]) GROUP BY export`;

/**
 * Writes what the transaction changed. Always in the order of exports: two processes that share a slot wait for each other
 * instead of for ever.
 */
export async function addDeltas({ query, deltas }: Transaction, slot: number): Promise<void> {
	if (deltas.size === 0) return;
	const entries = [...deltas].sort(([a], [b]) => a - b);
	await query(ADD, [
		entries.map(([id]) => id),
		entries.map(() => slot),
		...COLUMNS.map(([, member]) => entries.map(([, tally]) => tally[member])),
	]);
}

/** The numbers of these exports, as of now. */
export async function sumCounters(
	query: Query,
	exportNumbers: readonly number[],
): Promise<Map<number, Tally>> {
	const rows = await query<Record<string, number>>(SUMS, [exportNumbers]);
	const sums = new Map(exportNumbers.map((id) => [id, newTally()]));
	for (const row of rows) {
		const tally = sums.get(row['export'] ?? 0) ?? newTally();
		for (const [column, member] of COLUMNS) tally[member] = row[column] ?? 0;
	}
	return sums;
}

/** Sum of two tallies. */
export function plus(sum: Tally, delta: Tally): Tally {
	const total = newTally();
	for (const [, member] of COLUMNS) total[member] = sum[member] + delta[member];
	return total;
}
