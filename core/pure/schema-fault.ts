import { SCHEMA } from './bounds';
import type { FieldType, SchemaField } from './field-types';

/** What is wrong with a list of fields, for core's errors and for dialogs. */
export type SchemaFault =
	| { readonly what: 'name'; readonly index: number }
	| { readonly what: 'twice'; readonly index: number; readonly name: string }
	| { readonly what: 'fields'; readonly max: number; readonly got: number }
	| { readonly what: 'kind'; readonly kind: string; readonly max: number; readonly got: number };

/** Types that are bounded together (O32). */
const KIND_OF: Partial<Record<FieldType, keyof typeof SCHEMA.maxOfKind>> = {
	text: 'text',
	double: 'double',
	int: 'int',
	date: 'date',
	datetime: 'date',
	geo_shape: 'geo_shape',
	geo_point_2d: 'geo_point_2d',
};

/**
 * The first thing that is wrong with names and numbers of fields; undefined where nothing is.
 *
 * The bounds are those of a dataset (O32), which hold for all schemas: what a receiver takes can become a dataset.
 */
export function schemaFault(fields: readonly SchemaField[]): SchemaFault | undefined {
	if (fields.length > SCHEMA.maxFields)
		return { what: 'fields', max: SCHEMA.maxFields, got: fields.length };
	const names = new Set<string>();
	const counts = new Map<string, number>();
	for (const [index, { name, type }] of fields.entries()) {
		if (name === '' || name.length > SCHEMA.maxNameLength) return { what: 'name', index };
		if (names.has(name)) return { what: 'twice', index, name };
		names.add(name);
		const kind = KIND_OF[type];
		if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
	}
	for (const [kind, got] of counts) {
		const max = SCHEMA.maxOfKind[kind as keyof typeof SCHEMA.maxOfKind];
		if (got > max) return { what: 'kind', kind, max, got };
	}
	return undefined;
}
