import { ConfigError } from '../errors';
import type { Column } from './column';
import { COLUMN_TYPES } from '../pure/column-types';
import { COLUMNS, MAX_COLUMN_NAME_LENGTH } from '../pure/bounds';
import { parsePath } from '../pure/path';
import { isWhole } from '../pure/whole-number';
import { validateTemplate } from './validate-template';

/**
 * Checks columns without compiling their templates (K8, K9).
 *
 * @param path of the list, for messages such as `columns[2].name`
 * @param o.foldCase names that differ in letter case alone are the same, as tables have it; records tell them apart
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function validateColumns(
	columns: readonly Column[],
	path: string,
	{ foldCase = false }: { readonly foldCase?: boolean } = {},
): void {
	if (!Array.isArray(columns) || !isWhole(columns.length, COLUMNS)) {
		throw new ConfigError(path, `${COLUMNS.min} to ${COLUMNS.max} columns`, columns);
	}
	const names = new Set<string>();
	for (const [index, column] of (columns as readonly Column[]).entries()) {
		const place = `${path}[${index}]`;
		if (!COLUMN_TYPES.includes(column?.type)) {
			throw new ConfigError(`${place}.type`, `one of ${COLUMN_TYPES.join(', ')}`, column?.type);
		}
		validateName(column.name, names, `${place}.name`, foldCase);
		for (const flag of ['primaryKey', 'rawString'] as const) {
			const value: unknown = column[flag];
			if (value === undefined || typeof value === 'boolean') continue;
			throw new ConfigError(`${place}.${flag}`, 'true or false', value);
		}
		if (column.type === 'path') validatePath(column, place);
		if (column.type === 'template') validateTemplate(column.template, `${place}.template`);
	}
}

function validateName(name: unknown, names: Set<string>, path: string, foldCase: boolean): void {
	if (typeof name !== 'string' || name === '' || name.length > MAX_COLUMN_NAME_LENGTH) {
		throw new ConfigError(path, `a text of 1 to ${MAX_COLUMN_NAME_LENGTH} characters`, name);
	}
	const same = foldCase ? name.toLowerCase() : name;
	if (names.has(same)) {
		const how = foldCase ? ', also not in other letter case' : '';
		throw new ConfigError(path, `a name that no other column has${how}`, name);
	}
	names.add(same);
}

function validatePath({ path, defaultValue }: Column, place: string): void {
	if (typeof path !== 'string' || !isReadable(path)) {
		throw new ConfigError(`${place}.path`, 'a path such as "data.items[0]", or "" for all', path);
	}
	if (defaultValue !== undefined && typeof defaultValue !== 'string') {
		throw new ConfigError(`${place}.defaultValue`, 'a text', defaultValue);
	}
}

function isReadable(path: string): boolean {
	try {
		parsePath(path);
		return true;
	} catch {
		return false;
	}
}
