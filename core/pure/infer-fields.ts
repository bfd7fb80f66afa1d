import { numberText, parseExact } from './exact-number';
import { FIELD_KINDS } from './field-kinds';
import type { FieldType, SchemaField } from './field-types';

/** Why a sample gives no fields. */
export type SampleFault = 'no-json' | 'no-records' | 'no-fields';

export type Inferred =
	{ readonly fields: readonly SchemaField[] } | { readonly fault: SampleFault };

/**
 * The fields of pasted sample records: a JSON object, or an array of them (O2). What a sample holds passes the schema that it gives, in every
 * mode: values of several types give the type that takes all of them. A field that is only ever null is text.
 *
 * @param json nothing of it is kept but names and types
 */
export function inferFields(json: string): Inferred {
	let sample: unknown;
	try {
		sample = parseExact(json);
	} catch {
		return { fault: 'no-json' };
	}
	const records = Array.isArray(sample) ? (sample as unknown[]) : [sample];
	if (records.length === 0 || !records.every(isRecord)) return { fault: 'no-records' };
	const types = new Map<string, FieldType | undefined>();
	for (const record of records) {
		for (const [name, value] of Object.entries(record)) {
			types.set(name, joined(types.get(name), typeOf(value)));
		}
	}
	if (types.size === 0) return { fault: 'no-fields' };
	return { fields: [...types].map(([name, type = 'text']) => ({ name, type })) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	return isObject && numberText(value) === undefined;
}

/** In this order; the first that takes a value. What is whole but written as a fraction is one: its next value may be one. */
const BY_TEXT = ['date', 'datetime'] as const;
const BY_OBJECT = ['geo_shape', 'file'] as const;

/** undefined for null, which says nothing. */
function typeOf(value: unknown): FieldType | undefined {
	if (value === null) return undefined;
	const number = numberText(value);
	if (number !== undefined) {
		if (!/[.e]/i.test(number) && FIELD_KINDS.int.takes(value)) return 'int';
		return FIELD_KINDS.double.takes(value) ? 'double' : 'json';
	}
	const first = (types: readonly FieldType[]) =>
		types.find((type) => FIELD_KINDS[type].takes(value));
	if (typeof value === 'string') return first(BY_TEXT) ?? 'text';
	return typeof value === 'boolean' ? 'boolean' : (first(BY_OBJECT) ?? 'json');
}

const NUMBERS: readonly FieldType[] = ['int', 'double'];
const TEXTS: readonly FieldType[] = ['text', ...BY_TEXT];

/** The type that takes what either takes. */
function joined(known: FieldType | undefined, found: FieldType | undefined): FieldType | undefined {
	if (known === undefined || found === undefined || known === found) return known ?? found;
	if (NUMBERS.includes(known) && NUMBERS.includes(found)) return 'double';
	return TEXTS.includes(known) && TEXTS.includes(found) ? 'text' : 'json';
}
