import type { Copy, Query } from '../../../postgres/connection';
import { KEPT_LOADS } from '../load-batch';
import type { RowSource, TableTransaction } from '../table-database';
import type { BadRow } from '../table-fault';
import { LOADS, quote, TABLES, type TableName } from '../table-name';
import type { FoundTable } from '../table-shape';
import { postgresDialect, quoteTable, schemaOf } from './postgres-dialect';
import { stageRows } from './stage-rows';
import { mergeStage } from './merge-stage';

/** How `core/buffer` calls tables that nobody else has together. */
const OF_STORE = ['meta', 'export', 'chunk', 'batch'];
const NOW_MS = '(extract(epoch FROM now()) * 1000)::bigint';
const DAY_MS = 86_400_000;

/**
 * Of a connection in a transaction.
 *
 * @param again the rows once more, where the server has refused one of them
 */
export function postgresTransaction(query: Query, copy: Copy, again: RowSource): TableTransaction {
	const beside = (table: TableName, name: string): string => quoteTable({ ...table, table: name });
	const countTables = async (table: TableName, names: readonly string[]): Promise<number> => {
		const sql = `SELECT count(*) AS n FROM pg_tables WHERE schemaname = $1 AND tablename = ANY ($2)`;
		const [found] = await query<{ n: number }>(sql, [schemaOf(table), names]);
		return found?.n ?? 0;
	};
	const holdsStore = async (table: TableName): Promise<boolean> =>
		(await countTables(table, OF_STORE)) === OF_STORE.length;
	const lock = (what: string) =>
		query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`sluice ${what}`]);

	return {
		async prepare(table) {
			const hasNotes = async () => (await countTables(table, [LOADS, TABLES])) === 2;
			if (!(await hasNotes()) && !(await holdsStore(table))) {
				await lock(`schema ${schemaOf(table)}`);
				// Not again after somebody else: it would lock what those need who have the table.
				if (!(await hasNotes())) await createNotes(query, table);
			}
			await lock(`table ${quoteTable(table)}`);
		},
		async readLoad({ table, source, batch }) {
			if ((await countTables(table, [LOADS])) === 0) return undefined;
			const sql = `SELECT bad FROM ${beside(table, LOADS)} WHERE source = $1 AND batch = $2`;
			const [found] = await query<{ bad: string }>(sql, [source, batch]);
			return found && (JSON.parse(found.bad) as BadRow[]);
		},
		describe: (table) => describe(query, table),
		async isKnown(table) {
			if ((await countTables(table, [TABLES])) === 0) return false;
			const sql = `SELECT 1 FROM ${beside(table, TABLES)} WHERE name = $1`;
			return (await query(sql, [table.table])).length > 0;
		},
		async findHolder(table) {
			if (await holdsStore(table)) return 'Sluice';
			const sql = `SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename LIKE '%workflow\\_entity'`;
			return (await query(sql, [schemaOf(table)])).length > 0 ? 'n8n' : undefined;
		},
		async create(table, shape) {
			await query(postgresDialect.createTable(table, shape));
		},
		async noteTable(table) {
			const sql = `INSERT INTO ${beside(table, TABLES)} (name, at) VALUES ($1, ${NOW_MS})`;
			await query(sql, [table.table]);
		},
		async write(load, rows) {
			const staged = await stageRows(query, copy, { load, rows, again });
			const refused = await mergeStage(query, load, staged);
			return [...staged.bad, ...refused].sort((a, b) => a.position - b.position);
		},
		async noteLoad({ table, source, batch }, bad) {
			const notes = beside(table, LOADS);
			const sql = `INSERT INTO ${notes} (source, batch, at, bad) VALUES ($1, $2, ${NOW_MS}, $3)`;
			await query(sql, [source, batch, JSON.stringify(bad)]);
			const isOld = `source = $1 AND at < ${NOW_MS} - ${KEPT_LOADS.days * DAY_MS}`;
			const newest = `SELECT batch FROM ${notes} WHERE source = $1 ORDER BY at DESC LIMIT ${KEPT_LOADS.newest}`;
			const [old] = await query(`SELECT 1 FROM ${notes} WHERE ${isOld} LIMIT 1`, [source]);
			if (old)
				await query(`DELETE FROM ${notes} WHERE ${isOld} AND batch NOT IN (${newest})`, [source]);
		},
	};
}

/** Instants are milliseconds since the Unix epoch, by the server's clock. */
async function createNotes(query: Query, table: TableName): Promise<void> {
	const schema = quote(schemaOf(table));
	const [known] = await query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schemaOf(table)]);
	// Whoever may not create schemas may still use one that is there.
	if (!known) await query(`CREATE SCHEMA ${schema}`);
	await query(
		`CREATE TABLE IF NOT EXISTS ${schema}.${TABLES} (name text PRIMARY KEY, at bigint NOT NULL)`,
	);
	await query(
		`CREATE TABLE IF NOT EXISTS ${schema}.${LOADS} (source text, batch text, at bigint NOT NULL, bad text NOT NULL, PRIMARY KEY (source, batch))`,
	);
	await query(`CREATE INDEX IF NOT EXISTS ${LOADS}_at ON ${schema}.${LOADS} (source, at)`);
}

/** Locked against changes until the end of the transaction. What is no table is described as what it is not. */
async function describe(query: Query, table: TableName): Promise<FoundTable | undefined> {
	const [found] = await query<{ oid: number; relkind: string }>(
		`SELECT c.oid::bigint AS oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2`,
		[schemaOf(table), table.table],
	);
	if (!found) return undefined;
	if (!['r', 'p'].includes(found.relkind)) return { columns: [], primaryKey: [] };
	await query(`LOCK TABLE ${quoteTable(table)} IN ROW EXCLUSIVE MODE`);
	const columns = await query<{ name: string }>(
		`SELECT attname AS name FROM pg_attribute
		WHERE attrelid = $1::bigint::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
		[found.oid],
	);
	const keys = await query<{ name: string }>(
		`SELECT a.attname AS name FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
		JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
		WHERE i.indrelid = $1::bigint::oid AND i.indisprimary AND k.n <= i.indnkeyatts ORDER BY k.n`,
		[found.oid],
	);
	return { columns: columns.map(({ name }) => name), primaryKey: keys.map(({ name }) => name) };
}
