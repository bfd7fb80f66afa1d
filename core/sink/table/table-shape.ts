import type { Batch } from '../../buffer/store';
import type { Column } from '../../mapping/column';
import { ConfigError } from '../../errors';
import { joinPath } from '../../config-path';
import type { TableColumn } from './cell-types';
import type { TableConfig } from './table-config';

/** What a table is to be, in this order. */
export interface TableShape {
	readonly columns: readonly TableColumn[];
	/** Names of columns; none: rows are only added. */
	readonly primaryKey: readonly string[];
}

/** What a table is. */
export interface FoundTable {
	readonly columns: readonly string[];
	readonly primaryKey: readonly string[];
}

type ShapeConfig = Pick<TableConfig, 'columns' | 'primaryKey'>;

/**
 * The table that a configuration and the columns of its export's mapping ask for. Pure.
 *
 * @returns undefined where neither names columns
 * @throws ConfigError where one names what the other does not have
 */
export function shapeOf(
	{ columns: typed = [], primaryKey }: ShapeConfig,
	{ columns: mapped }: Pick<Batch, 'columns'>,
	path = 'sink',
): TableShape | undefined {
	const names = (mapped ?? typed).map(({ name }) => name);
	if (names.length === 0) return undefined;
	const types = new Map(typed.map(({ name, type }) => [name, type]));
	const unknown = [...types.keys(), ...(primaryKey ?? [])].find((name) => !names.includes(name));
	if (unknown !== undefined) {
		const field = types.has(unknown) ? 'columns' : 'primaryKey';
		throw new ConfigError(
			joinPath(path, field),
			`columns of the mapping: ${names.join(', ')}`,
			unknown,
		);
	}
	return {
		columns: names.map((name) => ({ name, type: types.get(name) ?? 'text' })),
		primaryKey: primaryKey ?? keyOf(mapped ?? []),
	};
}

function keyOf(columns: readonly Column[]): string[] {
	return columns.filter((column) => column.primaryKey).map(({ name }) => name);
}

/**
 * How a table differs from what it is to be, by names and order, worded as K46. Pure.
 *
 * @param name of the table, as people wrote it
 */
export function differenceOf(
	name: string,
	shape: TableShape,
	found: FoundTable,
): string | undefined {
	const columns = shape.columns.map((column) => column.name);
	if (!isSame(columns, found.columns)) return differs('columns', name, columns, found.columns);
	if (isSame(shape.primaryKey, found.primaryKey)) return undefined;
	return differs('primary key', name, shape.primaryKey, found.primaryKey);
}

function differs(
	what: 'columns' | 'primary key',
	name: string,
	expected: readonly string[],
	found: readonly string[],
): string {
	const does = what === 'columns' ? 'do' : 'does';
	const lists = `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
	return `${what} of the table "${name}" ${does} not match ${lists}`;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
	return one.length === other.length && one.every((name, i) => name === other[i]);
}
