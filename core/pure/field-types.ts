/** Types of the fields of a schema, in the order in which dialogs show them (O24 to O31; boolean and json are ours). */
export const FIELD_TYPES = [
	'text',
	'int',
	'double',
	'boolean',
	'date',
	'datetime',
	'geo_point_2d',
	'geo_shape',
	'file',
	'json',
] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

/** A field of the records that a receiver takes. */
export interface SchemaField {
	/** Of a member of the record, 1 … 256 UTF-16 units; case counts. */
	readonly name: string;
	readonly type: FieldType;
	/** Its value tells records apart, alone or with those of the other unique fields (O17). */
	readonly unique?: boolean;
}

/** What becomes of a record's values. `coerce`: converted, else refused · `strict`: taken as they are, else refused · `report`: counted. */
export const SCHEMA_MODES = ['coerce', 'strict', 'report'] as const;

export type SchemaMode = (typeof SCHEMA_MODES)[number];

/** What becomes of members that no field names (O15). */
export const UNKNOWN_FIELDS = ['keep', 'drop', 'refuse'] as const;

export type UnknownFields = (typeof UNKNOWN_FIELDS)[number];
