/** The types of columns, in the order in which dialogs show them; core/mapping/columns has a file for each. */
export const COLUMN_TYPES = [
	'id',
	'uuid',
	'recordId',
	'datetime',
	'ip',
	'body',
	'headers',
	'path',
	'template',
] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];
