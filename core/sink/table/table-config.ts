import { checkChoice, checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { COLUMNS, TABLE_TIMEOUT_MS } from '../../pure/bounds';
import { CELL_TYPES } from '../../pure/cell-type-names';
import { joinPath } from '../../config-path';
import type { TableColumn } from './cell-types';
import { isName, parseTableName } from './table-name';

/** incremental: rows are put to those that are there, and take the place of those with their key · full: a batch takes the place of all. */
export const TABLE_LOADS = ['incremental', 'full'] as const;
/** once: a table that is missing again later was dropped by somebody, and the export is paused · always: it is made again · never: somebody else makes it. */
export const TABLE_CREATES = ['once', 'always', 'never'] as const;
/** aside: such a row becomes a dead letter, and the others are loaded · refuse: the whole batch becomes one. */
export const BAD_ROWS = ['aside', 'refuse'] as const;

/** A table that batches are loaded into, each in one transaction. */
export interface TableConfig {
	/** Name of one of the databases that were configured (`SinkPorts.databases`). */
	readonly database: string;
	/** Such as `in.c-main.events`; see `parseTableName`. */
	readonly table: string;
	/** Types of columns, text for all others; of an export without columns of its own these are the columns. */
	readonly columns?: readonly TableColumn[] | undefined;
	/** Names of columns; default: those that the mapping says. */
	readonly primaryKey?: readonly string[] | undefined;
	/** Default incremental. */
	readonly load?: (typeof TABLE_LOADS)[number] | undefined;
	/** Default once. */
	readonly create?: (typeof TABLE_CREATES)[number] | undefined;
	/** Takes a table that Sluice did not make; default false. */
	readonly adopt?: boolean | undefined;
	/** What to do with a row that holds a bad value; default aside. */
	readonly onBadRow?: (typeof BAD_ROWS)[number] | undefined;
	/** For each statement, and for each wait for somebody else's lock; bounds and default `TABLE_TIMEOUT_MS`. */
	readonly timeoutMs?: number | undefined;
}

/** UTF-16 units of a database's name and of a column's. */
const MAX_NAME = 128;

/** @throws ConfigError naming path and bound */
export function validateTable(config: TableConfig, path = ''): void {
	const at = (name: string): string => joinPath(path, name);
	checkName(config.database, at('database'));
	parseTableName(config.table, at('table'));
	if (config.columns !== undefined) validateColumns(config.columns, at('columns'));
	if (config.primaryKey !== undefined) validateKey(config.primaryKey, at('primaryKey'));
	const { load = 'incremental', create = 'once', onBadRow = 'aside', adopt = false } = config;
	checkChoice(load, at('load'), TABLE_LOADS);
	checkChoice(create, at('create'), TABLE_CREATES);
	checkChoice(onBadRow, at('onBadRow'), BAD_ROWS);
	if (typeof adopt !== 'boolean') throw new ConfigError(at('adopt'), 'true or false', adopt);
	const { timeoutMs = TABLE_TIMEOUT_MS.fallback } = config;
	checkWhole(timeoutMs, at('timeoutMs'), TABLE_TIMEOUT_MS);
}

function validateColumns(columns: unknown, path: string): void {
	const list = listOf(columns, path);
	for (const [i, column] of list.entries()) {
		const { name, type } = Object(column) as Partial<TableColumn>;
		checkName(name, `${path}[${i}].name`);
		checkChoice(type, `${path}[${i}].type`, CELL_TYPES);
	}
	checkUnique(
		list.map((column) => (column as TableColumn).name),
		path,
	);
}

function validateKey(names: unknown, path: string): void {
	const list = listOf(names, path);
	for (const [i, name] of list.entries()) checkName(name, `${path}[${i}]`);
	checkUnique(list, path);
}

function listOf(value: unknown, path: string): readonly unknown[] {
	if (Array.isArray(value) && value.length <= COLUMNS.max) return value;
	throw new ConfigError(path, `a list of at most ${COLUMNS.max}`, value);
}

function checkUnique(names: readonly unknown[], path: string): void {
	const twice = names.find((name, i) => names.indexOf(name) !== i);
	if (twice !== undefined) throw new ConfigError(path, 'each name once', twice);
}

function checkName(value: unknown, path: string): void {
	if (typeof value === 'string' && value.length <= MAX_NAME && isName(value)) return;
	throw new ConfigError(path, `a name of 1 to ${MAX_NAME} characters`, value);
}
