import type { Query } from '../../../postgres/connection';
import type { TableLoad } from '../table-database';
import { TableFault, type BadRow } from '../table-fault';
import { quote, showTable } from '../table-name';
import { quoteTable } from './postgres-dialect';
import { isOfRows, whyOfRows } from './postgres-fault';
import type { Stage } from './stage-rows';

/** Each that is refused costs a statement for every half of a half: a batch that has more is not the exception. */
const MAX_REFUSED = 200;

/**
 * Brings the rows of a stage into their table: all at once, and where it refuses some, by halves, which go in their order.
 *
 * @returns those that it refuses
 */
export async function mergeStage(query: Query, load: TableLoad, stage: Stage): Promise<BadRow[]> {
	const bad: BadRow[] = [];
	const statements = statementsOf(load, stage);
	if (load.mode === 'full') await query(`DELETE FROM ${quoteTable(load.table)}`);
	const merge = async (first: number, last: number): Promise<void> => {
		if (last < first) return;
		await query('SAVEPOINT merge');
		try {
			for (const sql of statements) await query(sql, [first, last]);
			await query('RELEASE SAVEPOINT merge');
			return;
		} catch (error) {
			if (!isOfRows(error)) throw error;
			await query('ROLLBACK TO SAVEPOINT merge');
			await query('RELEASE SAVEPOINT merge');
			if (first === last) {
				if (bad.length >= MAX_REFUSED) throw tooMany(load, whyOfRows(error));
				bad.push({ position: first, why: whyOfRows(error) });
				return;
			}
		}
		const middle = Math.floor((first + last) / 2);
		await merge(first, middle);
		await merge(middle + 1, last);
	};
	await merge(stage.first, stage.last);
	return bad;
}

/** Of the positions from `$1` to `$2`. Of a key the last row counts; by order of keys, so that two loads never wait for each other. */
function statementsOf({ table, shape }: TableLoad, { name, hasDeletes }: Stage): string[] {
	const target = quoteTable(table);
	const { columns, primaryKey } = shape;
	const names = columns.map((column) => quote(column.name)).join(', ');
	const staged = columns.map((_, i) => `c${i}`).join(', ');
	const range = `FROM ${name} WHERE n BETWEEN $1 AND $2`;
	if (primaryKey.length === 0) {
		return [`INSERT INTO ${target} (${names}) SELECT ${staged} ${range} ORDER BY n`];
	}
	const keys = primaryKey.map((key) => `c${columns.findIndex((column) => column.name === key)}`);
	const last = `SELECT DISTINCT ON (${keys.join(', ')}) * ${range} ORDER BY ${keys.join(', ')}, n DESC`;
	const isSame = primaryKey.map((key, i) => `t.${quote(key)} = s.${keys[i]}`).join(' AND ');
	const remove = `DELETE FROM ${target} t USING (${last}) s WHERE s.is_delete AND ${isSame}`;
	const others = columns
		.filter((column) => !primaryKey.includes(column.name))
		.map((column) => quote(column.name));
	const set = others.map((one) => `${one} = EXCLUDED.${one}`).join(', ');
	const conflict = others.length > 0 ? `UPDATE SET ${set}` : 'NOTHING';
	const upsert = `INSERT INTO ${target} (${names}) SELECT ${staged} FROM (${last}) s WHERE NOT is_delete ON CONFLICT (${primaryKey.map(quote).join(', ')}) DO ${conflict}`;
	return hasDeletes ? [remove, upsert] : [upsert];
}

function tooMany({ table }: TableLoad, why: string): TableFault {
	const more = `the table "${showTable(table)}" refuses more than ${MAX_REFUSED} rows of the batch`;
	return new TableFault('refused', `${more}, so it took none; of the last one: ${why}`);
}
