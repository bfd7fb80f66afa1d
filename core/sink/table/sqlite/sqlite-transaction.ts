import type { Connection } from '../../../buffer/stores/sqlite/connection';
import { KEPT_LOADS } from '../load-batch';
import type { TableTransaction } from '../table-database';
import type { BadRow } from '../table-fault';
import { LOADS, showTable, TABLES, type TableName } from '../table-name';
import type { FoundTable } from '../table-shape';
import { sqliteDialect } from './sqlite-dialect';
import { writeRows } from './write-rows';

/** What Sluice keeps beside its tables. Instants are milliseconds since the Unix epoch. */
const NOTES = `
CREATE TABLE IF NOT EXISTS ${TABLES} (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ${LOADS} (
	source TEXT NOT NULL,
	batch TEXT NOT NULL,
	at INTEGER NOT NULL,
	bad TEXT NOT NULL,
	PRIMARY KEY (source, batch)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ${LOADS}_at ON ${LOADS} (source, at);
`;

/** How `core/buffer` and n8n call tables that nobody else has together. */
const OF_STORE = ['meta', 'export', 'chunk', 'batch'];
const OF_N8N = '%workflow\\_entity';
const DAY_MS = 86_400_000;

/** Of a connection in a transaction that may write. Every call blocks: only in a worker. */
export function sqliteTransaction(connection: Connection, now: () => number): TableTransaction {
	const named = (table: TableName): string => showTable(table);
	return {
		async prepare() {
			// What holds a store gets nothing of ours, not even that.
			if (!holdsStore(connection)) connection.exec(NOTES);
		},
		async readLoad({ source, batch }) {
			if (!hasTable(connection, LOADS)) return undefined;
			const sql = `SELECT bad FROM ${LOADS} WHERE source = ? AND batch = ?`;
			const found = connection.get(sql, source, batch);
			return found && (JSON.parse(String(found['bad'])) as BadRow[]);
		},
		async describe(table) {
			return describe(connection, named(table));
		},
		async isKnown(table) {
			if (!hasTable(connection, TABLES)) return false;
			const sql = `SELECT 1 FROM ${TABLES} WHERE name = ?`;
			return connection.get(sql, named(table)) !== undefined;
		},
		async findHolder() {
			if (holdsStore(connection)) return 'Sluice';
			const sql = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name LIKE ? ESCAPE '\\'`;
			return connection.get(sql, OF_N8N) ? 'n8n' : undefined;
		},
		async create(table, shape) {
			connection.exec(sqliteDialect.createTable(table, shape));
		},
		async noteTable(table) {
			connection.run(`INSERT INTO ${TABLES} (name, at) VALUES (?, ?)`, named(table), now());
		},
		write: (load, rows) => writeRows(connection, load, rows),
		async noteLoad({ source, batch }, bad) {
			const sql = `INSERT INTO ${LOADS} (source, batch, at, bad) VALUES (?, ?, ?, ?)`;
			connection.run(sql, source, batch, now(), JSON.stringify(bad));
			forget(connection, source, now() - KEPT_LOADS.days * DAY_MS);
		},
	};
}

function hasTable(connection: Connection, name: string): boolean {
	const sql = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`;
	return connection.get(sql, name) !== undefined;
}

function holdsStore(connection: Connection): boolean {
	return OF_STORE.every((name) => hasTable(connection, name));
}

/** A view is described as what it is not: it has no key, and its columns are none of a table. */
function describe(connection: Connection, name: string): FoundTable | undefined {
	const sql = `SELECT type FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')`;
	const found = connection.get(sql, name);
	if (!found) return undefined;
	if (found['type'] === 'view') return { columns: [], primaryKey: [] };
	const columns = connection.all('SELECT name, pk FROM pragma_table_xinfo(?) ORDER BY cid', name);
	const keys = columns
		.filter(({ pk }) => Number(pk) > 0)
		.sort((a, b) => Number(a['pk']) - Number(b['pk']));
	const namesOf = (rows: typeof columns): string[] => rows.map((row) => String(row['name']));
	return { columns: namesOf(columns), primaryKey: namesOf(keys) };
}

function forget(connection: Connection, source: string, before: number): void {
	const newest = `SELECT batch FROM ${LOADS} WHERE source = ?1 ORDER BY at DESC LIMIT ${KEPT_LOADS.newest}`;
	const isOld = `SELECT 1 FROM ${LOADS} WHERE source = ?1 AND at < ?2 LIMIT 1`;
	if (!connection.get(isOld, source, before)) return;
	connection.run(
		`DELETE FROM ${LOADS} WHERE source = ?1 AND at < ?2 AND batch NOT IN (${newest})`,
		source,
		before,
	);
}
