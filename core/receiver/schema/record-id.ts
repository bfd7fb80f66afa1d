import { createHash } from 'node:crypto';
import { canonicalNumber } from '../../event/numbers';
import { numberText } from '../../pure/exact-number';
import type { SchemaRecord } from './check-record';
import type { CompiledSchema } from './compile-schema';

/**
 * The fingerprint of a record (O17): SHA-1 in 40 hex characters over the canonical JSON of its unique fields, or of all its members where
 * none is unique. Members that are null are absent. Of what was checked, so that two spellings of a value that is converted are one record.
 *
 * It identifies and proves nothing, which is what SHA-1 is still good for.
 *
 * @returns undefined where there are unique fields and it has none of them
 */
export function recordId(
	record: SchemaRecord,
	{ unique }: Pick<CompiledSchema, 'unique'>,
): string | undefined {
	const names = (unique.length > 0 ? unique : Object.keys(record).sort()).filter(
		(name) => Object.hasOwn(record, name) && record[name] !== null,
	);
	if (names.length === 0 && unique.length > 0) return undefined;
	const members = names.map((name) => `${JSON.stringify(name)}:${canonicalText(record[name])}`);
	return createHash('sha1')
		.update(`{${members.join(',')}}`)
		.digest('hex');
}

/** Keys by their UTF-16 units, no blanks, each number in one spelling. Not of `pure/canonical-json`, whose numbers are doubles. */
function canonicalText(value: unknown): string {
	const number = numberText(value);
	if (number !== undefined) return canonicalNumber(number);
	if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const record = value as SchemaRecord;
	const members = Object.keys(record)
		.sort()
		.map((name) => `${JSON.stringify(name)}:${canonicalText(record[name])}`);
	return `{${members.join(',')}}`;
}
