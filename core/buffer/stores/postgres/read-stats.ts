import type { StoreStats } from '../../store';
import { warnOfDeadLetters } from '../quota';
import { newTally } from '../tally';
import type { Query } from '../../../postgres/connection';
import { sumCounters } from './counters';
import type { Engine } from './engine';
import { liveExports } from './exports';

const SIZE = `
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`;

/** Bytes of the tables of a store with their indexes. */
export async function readSize(query: Query, schema: string): Promise<number> {
	const [size] = await query<{ bytes: number }>(SIZE, [schema]);
	return size?.bytes ?? 0;
}

/** What of a store's figures is in the database. @param warnings what else there is to warn of */
export async function readStats(
	engine: Engine,
	query: Query,
	schema: string,
	warnings: readonly string[],
): Promise<Pick<StoreStats, 'diskBytes' | 'exports' | 'quarantinedRows' | 'warnings'>> {
	const [meta] = await query<{ quarantined_rows: number }>('SELECT quarantined_rows FROM @meta');
	const exports = await liveExports(engine, query);
	const sums = await sumCounters(
		query,
		exports.map(({ id }) => id),
	);
	const kept = exports.map(({ id, config }) => ({ config, tally: sums.get(id) ?? newTally() }));
	return {
		diskBytes: await readSize(query, schema),
		exports: exports.length,
		quarantinedRows: meta?.quarantined_rows ?? 0,
		warnings: [...warnings, ...warnOfDeadLetters(kept)],
	};
}
