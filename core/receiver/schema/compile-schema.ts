import type { SchemaConfig } from '../../config';
import { FIELD_KINDS } from '../../pure/field-kinds';
import type { FieldKind } from '../../pure/field-kind';
import type { SchemaMode, UnknownFields } from '../../pure/field-types';

/** A schema with what is the same for all records, worked out once. */
export interface CompiledSchema {
	readonly mode: SchemaMode;
	readonly unknown: UnknownFields;
	/** By name. A map, since a name may be `__proto__`. */
	readonly kinds: ReadonlyMap<string, FieldKind & { readonly takesEmpty: boolean }>;
	/** Names of the unique fields, in the order in which canonical JSON has them; none: all members of a record. */
	readonly unique: readonly string[];
	/** The member with the source of the event. */
	readonly sourceField: string | undefined;
}

export function compileSchema({
	mode,
	unknown,
	fields,
	sourceField,
}: SchemaConfig): CompiledSchema {
	return {
		mode,
		unknown,
		sourceField,
		kinds: new Map(
			fields.map(({ name, type }) => [
				name,
				{ ...FIELD_KINDS[type], takesEmpty: FIELD_KINDS[type].takes('') },
			]),
		),
		unique: fields.flatMap(({ name, unique }) => (unique === true ? [name] : [])).sort(),
	};
}
