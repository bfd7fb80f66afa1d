import { ConfigError } from '../../errors';

/** Where a table is. */
export interface TableName {
	/** Empty where none is named. */
	readonly schema: string;
	readonly table: string;
}

/** UTF-16 units of the whole name. */
const MAX_NAME = 200;

/** What Sluice keeps beside the tables that it loads: which batches are in them, and which of them it may touch. */
export const LOADS = 'sluice_loads';
export const TABLES = 'sluice_tables';

/**
 * What stands behind the last dot is the table, as in Keboola's ids: `in.c-main.events` is `events` of the schema `in.c-main`.
 *
 * @throws ConfigError naming the path
 */
export function parseTableName(text: unknown, path = 'table'): TableName {
	if (typeof text !== 'string' || text.length > MAX_NAME || !isName(text)) {
		throw new ConfigError(path, `a name of 1 to ${MAX_NAME} characters, such as in.c-main.events`);
	}
	const dot = text.lastIndexOf('.');
	const [schema, table] = [text.slice(0, Math.max(0, dot)), text.slice(dot + 1)];
	if (table === '' || dot === 0) {
		throw new ConfigError(path, 'a name on both sides of its last dot', text);
	}
	if ([LOADS, TABLES].includes(table.toLowerCase())) {
		throw new ConfigError(path, `another name: in ${LOADS} and ${TABLES} Sluice keeps what it did`);
	}
	return { schema, table };
}

/** Whether a text can be the name of anything in a database: it can be quoted, and read by people. */
export function isName(text: string): boolean {
	return text !== '' && text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** As people wrote it. */
export function showTable({ schema, table }: TableName): string {
	return schema === '' ? table : `${schema}.${table}`;
}

/** Any name as a part of a statement, in both databases. */
export function quote(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
