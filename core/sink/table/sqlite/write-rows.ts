import type { Connection } from '../../../buffer/stores/sqlite/connection';
import type { TableLoad, TableRow } from '../table-database';
import type { BadRow } from '../table-fault';
import { quote, showTable } from '../table-name';
import type { TableShape } from '../table-shape';
import { isOfRow, whyOfRow } from './sqlite-fault';

/** Rows of one statement: with more it gets no faster. */
const ROWS_AT_ONCE = 25;

/**
 * Writes rows in their order, so that of a key the last one stays. A row that is refused leaves the others as they are.
 *
 * @returns those that the table refuses
 */
export async function writeRows(
	connection: Connection,
	{ table, shape, mode }: TableLoad,
	rows: AsyncIterable<readonly TableRow[]>,
): Promise<BadRow[]> {
	const target = quote(showTable(table));
	const statements = statementsOf(target, shape);
	const bad: BadRow[] = [];
	const write = (some: readonly TableRow[]): void => {
		const error = tryWriting(connection, () => statements.write(connection, some));
		if (error === undefined) return;
		const [first] = some;
		if (first && some.length === 1) bad.push({ position: first.position, why: whyOfRow(error.of) });
		else for (const row of some) write([row]);
	};
	if (mode === 'full') connection.run(`DELETE FROM ${target}`);
	for await (const slice of rows) for (const some of runsOf(slice)) write(some);
	return bad;
}

/**
 * All or nothing of it, whatever constraints and triggers of the table do: they may keep what came before in the statement, or take back the
 * whole transaction, in which case nothing more may be written.
 *
 * @returns an error that is about the rows
 */
function tryWriting(connection: Connection, write: () => void): { of: unknown } | undefined {
	connection.run('SAVEPOINT rows');
	try {
		write();
		connection.run('RELEASE rows');
		return undefined;
	} catch (error) {
		if (!isOfRow(error)) throw error;
		connection.run('ROLLBACK TO rows');
		connection.run('RELEASE rows');
		return { of: error };
	}
}

/** Rows that one statement can write: several that are put, or one that deletes. */
function* runsOf(slice: readonly TableRow[]): Generator<readonly TableRow[]> {
	let first = 0;
	for (const [i, { isDelete }] of slice.entries()) {
		const isFull = i - first === ROWS_AT_ONCE;
		if (i > first && (isFull || isDelete || slice[first]?.isDelete)) {
			yield slice.slice(first, i);
			first = i;
		}
	}
	if (first < slice.length) yield slice.slice(first);
}

function statementsOf(target: string, shape: TableShape) {
	const keys = shape.primaryKey.map((key) => shape.columns.findIndex(({ name }) => name === key));
	const remove = `DELETE FROM ${target} WHERE ${shape.primaryKey.map((key) => `${quote(key)} = ?`).join(' AND ')}`;
	const puts = new Map<number, string>();
	const putOf = (rows: number): string => {
		const known = puts.get(rows) ?? upsert(target, shape, rows);
		puts.set(rows, known);
		return known;
	};
	return {
		write(connection: Connection, rows: readonly TableRow[]): void {
			const [first] = rows;
			if (first?.isDelete) connection.run(remove, ...keys.map((key) => first.cells[key] ?? null));
			else connection.run(putOf(rows.length), ...rows.flatMap(({ cells }) => cells));
		},
	};
}

function upsert(target: string, { columns, primaryKey }: TableShape, rows: number): string {
	const names = columns.map(({ name }) => quote(name));
	const row = `(${names.map(() => '?').join(', ')})`;
	const values = Array.from({ length: rows }, () => row).join(', ');
	const insert = `INSERT INTO ${target} (${names.join(', ')}) VALUES ${values}`;
	if (primaryKey.length === 0) return insert;
	const others = columns
		.filter(({ name }) => !primaryKey.includes(name))
		.map(({ name }) => quote(name));
	const set = others.map((name) => `${name} = excluded.${name}`).join(', ');
	const keys = primaryKey.map(quote).join(', ');
	return `${insert} ON CONFLICT (${keys}) DO ${others.length > 0 ? `UPDATE SET ${set}` : 'NOTHING'}`;
}
