import type { CellType } from '../../../pure/cell-type-names';
import type { TableDialect } from '../table-dialect';
import { TableFault } from '../table-fault';
import { parseTableName, quote, showTable, type TableName } from '../table-name';

/** Beyond it PostgreSQL cuts a name without a word. */
const MAX_NAME_BYTES = 63;

const TYPES: Readonly<Record<CellType, string>> = {
	text: 'text',
	number: 'numeric',
	boolean: 'boolean',
	timestamp: 'timestamptz',
	json: 'jsonb',
};

/** Where PostgreSQL puts what nobody says a schema of. */
export const DEFAULT_TABLE_SCHEMA = 'public';

/** Of a name without one the usual. */
export function schemaOf({ schema }: Pick<TableName, 'schema'>): string {
	return schema === '' ? DEFAULT_TABLE_SCHEMA : schema;
}

/** Schema of a table as people name it. @throws ConfigError naming the path */
export function schemaOfTable(text: string, path: string): string {
	return schemaOf(parseTableName(text, path));
}

/** As a part of a statement. */
export function quoteTable(table: TableName): string {
	return `${quote(schemaOf(table))}.${quote(table.table)}`;
}

export const postgresDialect: TableDialect = {
	checkShape(table, { columns }) {
		const names = [table.schema, table.table, ...columns.map(({ name }) => name)];
		const tooLong = names.find((name) => Buffer.byteLength(name) > MAX_NAME_BYTES);
		if (tooLong === undefined) return;
		const why = `PostgreSQL takes names of at most ${MAX_NAME_BYTES} bytes, and this one is longer: "${tooLong}"`;
		throw new TableFault('mismatch', `the table "${showTable(table)}" cannot be: ${why}`);
	},
	createTable(table, { columns, primaryKey }) {
		const lines = columns.map(({ name, type }) => `\t${quote(name)} ${TYPES[type]}`);
		if (primaryKey.length > 0) lines.push(`\tPRIMARY KEY (${primaryKey.map(quote).join(', ')})`);
		return `CREATE TABLE ${quoteTable(table)} (\n${lines.join(',\n')}\n)`;
	},
};
