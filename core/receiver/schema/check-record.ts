import { numberText } from '../../pure/exact-number';
import type { CompiledSchema } from './compile-schema';

/** A record: values of JSON by name, numbers as `pure/exact-number.ts` has them. */
export type SchemaRecord = Readonly<Record<string, unknown>>;

/** What is wrong with a record; nothing of its values is in it. */
export interface RecordFault {
	readonly reason: 'not_an_object' | 'field_value' | 'unknown_field' | 'no_unique_field';
	/** Of the schema. */
	readonly field?: string;
	readonly message: string;
}

export type CheckedRecord =
	| { readonly fault: RecordFault }
	/** The same object where nothing of it has changed. */
	| { readonly record: SchemaRecord };

/** UTF-16 units of a name that is told to its sender. */
const MAX_SHOWN_NAME = 60;

/**
 * Holds a record against a schema, by its mode (`coerce` converts, the others do not). A member that is null is absent, and no field has to be
 * there. Pure.
 */
export function checkRecord(value: unknown, schema: CompiledSchema): CheckedRecord {
	if (!isRecord(value)) return { fault: notAnObject(value) };
	const members: [string, unknown][] = [];
	let hasChanged = false;
	for (const member of Object.entries(value)) {
		const [name, given] = member;
		const isKnown = schema.kinds.has(name);
		if (!isKnown && schema.unknown === 'refuse') return { fault: unknownField(name) };
		if (!isKnown && schema.unknown === 'drop') {
			hasChanged = true;
			continue;
		}
		const checked = isKnown && given !== null ? checkValue(name, given, schema) : { value: given };
		if ('fault' in checked) return checked;
		hasChanged ||= checked.value !== given;
		members.push([name, checked.value]);
	}
	// Defines its members: one may be called `__proto__`.
	return { record: hasChanged ? Object.fromEntries(members) : value };
}

function checkValue(
	name: string,
	given: unknown,
	{ kinds, mode }: CompiledSchema,
): { readonly value: unknown } | { readonly fault: RecordFault } {
	const kind = kinds.get(name);
	if (!kind) return { value: given };
	if (mode !== 'coerce') {
		return kind.takes(given) ? { value: given } : { fault: wrongValue(name, kind.expected, given) };
	}
	// Whoever makes JSON of CSV sends it for what is not there.
	if (!kind.takesEmpty && typeof given === 'string' && given.trim() === '') return { value: null };
	const value = kind.convert(given);
	return value === undefined ? { fault: wrongValue(name, kind.convertible, given) } : { value };
}

export function isRecord(value: unknown): value is SchemaRecord {
	return shapeOf(value) === 'an object';
}

function wrongValue(field: string, expected: string, given: unknown): RecordFault {
	const got = shapeOf(given);
	const isOther = typeof given === 'string' && expected !== 'a text' ? `${got} that is none` : got;
	const message = `field ${JSON.stringify(field)}: expected ${expected}, got ${isOther}`;
	return { reason: 'field_value', field, message };
}

function notAnObject(value: unknown): RecordFault {
	const hint = Array.isArray(value)
		? '; for a list of records set that each element of an array is an event'
		: '';
	const message = `expected a JSON object, as the receiver has a schema, got ${shapeOf(value)}${hint}`;
	return { reason: 'not_an_object', message };
}

function unknownField(name: string): RecordFault {
	const shown = JSON.stringify(name.slice(0, MAX_SHOWN_NAME));
	return { reason: 'unknown_field', message: `the schema has no field ${shown}` };
}

/** All records without an id would be one. */
export function withoutId(unique: readonly string[]): RecordFault {
	const names = unique.map((name) => JSON.stringify(name)).join(', ');
	return {
		reason: 'no_unique_field',
		message: `expected a value in a unique field (${names}), the record has none`,
	};
}

/** What a value is, without showing it. */
function shapeOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (numberText(value) !== undefined) return 'a number';
	if (typeof value === 'object') return 'an object';
	return typeof value === 'string' ? 'a text' : 'true or false';
}
