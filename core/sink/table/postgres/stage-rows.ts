import { createHash } from 'node:crypto';
import type { Copy, Query } from '../../../postgres/connection';
import { sqlState } from '../../../postgres/sql-error';
import type { RowSource, TableLoad, TableRow } from '../table-database';
import { TableFault, type BadRow } from '../table-fault';
import { quote, showTable } from '../table-name';
import { copyPlace } from './copy-place';
import { quoteTable } from './postgres-dialect';
import { isOfRows } from './postgres-fault';

/** Rows that the server may refuse while they are copied, each of which begins the copy again. */
const MAX_REFUSED = 20;

/** A table of this connection that holds the rows of a batch: `n` is the position, columns are `c0`, `c1`, … */
export interface Stage {
	/** As a part of a statement. */
	readonly name: string;
	/** Positions. */
	readonly first: number;
	readonly last: number;
	readonly hasDeletes: boolean;
	readonly bad: readonly BadRow[];
}

/**
 * Copies rows beside their table, with the types that its columns have: what none of them takes is known by its line. The stage is empty again
 * after the transaction.
 */
export async function stageRows(
	query: Query,
	copy: Copy,
	{
		load,
		rows,
		again,
	}: {
		readonly load: TableLoad;
		readonly rows: AsyncIterable<readonly TableRow[]>;
		readonly again: RowSource;
	},
): Promise<Stage> {
	const name = await createStage(query, load);
	const bad: BadRow[] = [];
	let source = rows;
	for (;;) {
		const seen: Seen = { positions: [], hasDeletes: false };
		await query('SAVEPOINT stage');
		try {
			const columns = load.shape.columns.map((_, i) => `c${i}`);
			const sql = `COPY ${name} (n, is_delete, ${columns.join(', ')}) FROM STDIN`;
			await copy(sql, linesOf(source, new Set(bad.map(({ position }) => position)), seen));
		} catch (error) {
			const row = refusedRow(error, load, seen.positions);
			if (!row) throw error;
			if (bad.length >= MAX_REFUSED) throw tooMany(load, row);
			bad.push(row);
			await query('ROLLBACK TO SAVEPOINT stage');
			source = again();
			continue;
		}
		const [first = 0, last = -1] = [seen.positions[0], seen.positions.at(-1)];
		return { name, first, last, hasDeletes: seen.hasDeletes, bad };
	}
}

interface Seen {
	positions: number[];
	hasDeletes: boolean;
}

/** Kept by the connection for as long as the types are the same: one for each batch would fill the server's catalog. */
async function createStage(query: Query, { table, shape }: TableLoad): Promise<string> {
	const found = await query<{ name: string; type: string }>(
		`SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
		[quoteTable(table)],
	);
	const types = new Map(found.map(({ name, type }) => [name, type]));
	const columns = shape.columns
		.map(({ name }, i) => `c${i} ${types.get(name) ?? 'text'}`)
		.join(', ');
	const digest = createHash('sha256').update(columns).digest('hex').slice(0, 16);
	const name = quote(`sluice_stage_${digest}`);
	await query(
		`CREATE TEMPORARY TABLE IF NOT EXISTS ${name} (n bigint, is_delete boolean, ${columns}) ON COMMIT DELETE ROWS`,
	);
	return `pg_temp.${name}`;
}

/** The text format of COPY. */
async function* linesOf(
	rows: AsyncIterable<readonly TableRow[]>,
	without: ReadonlySet<number>,
	seen: Seen,
): AsyncIterable<Buffer> {
	for await (const slice of rows) {
		let text = '';
		for (const { position, isDelete, cells } of slice) {
			if (without.has(position)) continue;
			seen.positions.push(position);
			seen.hasDeletes ||= isDelete;
			text += `${position}\t${isDelete ? 't' : 'f'}`;
			for (const cell of cells) text += `\t${cell === null ? '\\N' : escape(cell)}`;
			text += '\n';
		}
		if (text !== '') yield Buffer.from(text);
	}
}

const ESCAPES: Readonly<Record<string, string>> = {
	'\\': '\\\\',
	'\t': '\\t',
	'\n': '\\n',
	'\r': '\\r',
};

function escape(cell: string): string {
	return /[\\\t\n\r]/.test(cell)
		? cell.replaceAll(/[\\\t\n\r]/g, (one) => ESCAPES[one] ?? one)
		: cell;
}

/** Which row it was stands in the context of the error, beside its value. */
function refusedRow(
	error: unknown,
	{ shape }: TableLoad,
	positions: readonly number[],
): BadRow | undefined {
	const { where } = (error ?? {}) as { where?: unknown };
	if (!isOfRows(error) || typeof where !== 'string') return undefined;
	const place = copyPlace(where);
	const position = place && positions[place.line - 1];
	if (position === undefined) return undefined;
	const name = shape.columns[place?.column ?? Number.NaN]?.name;
	const what = name === undefined ? 'a column' : `column "${name}"`;
	return { position, why: `${what} of the table does not take its value (${sqlState(error)})` };
}

function tooMany({ table }: TableLoad, { position, why }: BadRow): TableFault {
	const more = `more than ${MAX_REFUSED} rows of the batch do not fit the types of the table "${showTable(table)}"`;
	return new TableFault('refused', `${more}, the last one row ${position + 1}: ${why}`);
}
