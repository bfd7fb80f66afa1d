import type { ColumnType } from '../pure/column-types';

/** The rule for one output field. `columns/` holds one file per type. */
export interface Column {
	readonly type: ColumnType;
	/** Name of the field, unique in its mapping (K9); of cells, which are for tables, in any letter case. */
	readonly name: string;
	/** Part of the key by which a table knows a row again; several columns may be. */
	readonly primaryKey?: boolean;
	/** `path`: where in the body; "" is the whole body (K87, K95). */
	readonly path?: string;
	/** `path`: text used when nothing is found there (K87). */
	readonly defaultValue?: string;
	/** `path`, `template`: text cells show strings without their quotes (K87, K88). */
	readonly rawString?: boolean;
	/** `template`: 1 … 4,096 characters (K8). */
	readonly template?: { readonly language: 'jsonnet'; readonly content: string };
}
