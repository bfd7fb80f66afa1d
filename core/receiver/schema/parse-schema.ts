import { checkChoice } from '../../check-value';
import type { SchemaConfig } from '../../config';
import { ConfigError } from '../../errors';
import { SCHEMA } from '../../pure/bounds';
import {
	FIELD_TYPES,
	SCHEMA_MODES,
	UNKNOWN_FIELDS,
	type SchemaField,
} from '../../pure/field-types';
import { schemaFault, type SchemaFault } from '../../pure/schema-fault';
import { isStorable, STORABLE } from '../../pure/storable';

/** A schema before defaults. */
export type SchemaInput = Partial<SchemaConfig>;

/**
 * Checks a schema and fills in defaults: `coerce`, and unknown fields are kept. Without fields any object is a record.
 *
 * @param at the path of a field, for messages
 * @throws ConfigError naming the path and the bound
 */
export function parseSchema(
	{ fields = [], mode = 'coerce', unknown = 'keep', sourceField }: SchemaInput,
	at: (name: keyof SchemaConfig) => string = (name) => `schema.${name}`,
): SchemaConfig {
	checkChoice(mode, at('mode'), SCHEMA_MODES);
	checkChoice(unknown, at('unknown'), UNKNOWN_FIELDS);
	if (!Array.isArray(fields)) throw new ConfigError(at('fields'), 'a list of fields');
	const parsed = (fields as readonly unknown[]).map((field, index) =>
		parseField(field, `${at('fields')}[${index}]`),
	);
	const fault = schemaFault(parsed);
	if (fault) throw faultError(fault, at('fields'));
	if (unknown !== 'keep' && parsed.length === 0)
		throw new ConfigError(at('unknown'), 'keep, where the schema has no fields', unknown);
	if (unknown === 'drop' && mode === 'report')
		throw new ConfigError(
			at('unknown'),
			'keep or refuse, where events are passed on as they came',
			unknown,
		);
	if (sourceField !== undefined) checkSourceField(sourceField, mode, at('sourceField'));
	return { fields: parsed, mode, unknown, ...(sourceField === undefined ? {} : { sourceField }) };
}

function checkSourceField(name: unknown, mode: SchemaConfig['mode'], path: string): void {
	const { maxNameLength } = SCHEMA;
	if (typeof name !== 'string' || name === '' || name.length > maxNameLength || !isStorable(name))
		throw new ConfigError(path, `a name of 1 to ${maxNameLength} characters`, name);
	if (mode === 'report')
		throw new ConfigError(path, 'no field, where events are passed on as they came', name);
}

function parseField(given: unknown, path: string): SchemaField {
	const { name, type, unique } = Object(given) as Partial<Record<keyof SchemaField, unknown>>;
	if (typeof name !== 'string') throw new ConfigError(`${path}.name`, 'a text', name);
	if (!isStorable(name)) throw new ConfigError(`${path}.name`, `a text ${STORABLE}`);
	if (unique !== undefined && typeof unique !== 'boolean')
		throw new ConfigError(`${path}.unique`, 'true or false', unique);
	return {
		name,
		type: checkChoice(type, `${path}.type`, FIELD_TYPES),
		...(unique === true ? { unique } : {}),
	};
}

function faultError(fault: SchemaFault, path: string): ConfigError {
	switch (fault.what) {
		case 'name':
			return new ConfigError(
				`${path}[${fault.index}].name`,
				`a name of 1 to ${SCHEMA.maxNameLength} characters`,
			);
		case 'twice':
			return new ConfigError(`${path}[${fault.index}].name`, 'each field once', fault.name);
		case 'fields':
			return new ConfigError(path, `at most ${fault.max} fields`, fault.got);
		case 'kind':
			return new ConfigError(path, `at most ${fault.max} fields of type ${fault.kind}`, fault.got);
	}
}
