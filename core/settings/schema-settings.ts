import { checkChoice } from '../check-value';
import { ConfigError } from '../errors';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import { SCHEMA } from '../pure/bounds';
import {
	SCHEMA_MODES,
	UNKNOWN_FIELDS,
	type SchemaField,
	type SchemaMode,
	type UnknownFields,
} from '../pure/field-types';
import { inferFields, type SampleFault } from '../pure/infer-fields';
import { parseSchema, type SchemaInput } from '../receiver/schema/parse-schema';
import { sameName, type SettingPath } from './setting-path';

/** What dialogs say of the events of a receiver as records. */
export interface SchemaSettings {
	/** `off`: nothing is asked of bodies. Absent: `coerce` where anything else is said, else off. */
	readonly schemaMode?: SchemaMode | 'off' | undefined;
	readonly schemaUnknown?: UnknownFields | undefined;
	/** JSON: sample records of which fields are inferred; empty: none are. */
	readonly schemaSample?: string | undefined;
	/** Fields by hand, instead of those of their name in the sample and beside the others. */
	readonly schemaFields?: readonly SchemaField[] | undefined;
	/** The member that each record gets with the source label; empty: none. */
	readonly schemaSourceField?: string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toSchema(
	settings: SchemaSettings,
	at: SettingPath = sameName,
): Pick<ReceiverInput, 'schema'> {
	const { schemaUnknown = 'keep', schemaSample = '', schemaFields = [] } = settings;
	const { schemaSourceField = '' } = settings;
	const isAsked =
		[schemaSample, schemaSourceField].some((text) => text.trim() !== '') ||
		schemaFields.length > 0 ||
		schemaUnknown !== 'keep';
	const { schemaMode = isAsked ? 'coerce' : 'off' } = settings;
	if (schemaMode === 'off') return {};
	const schema: SchemaInput = {
		mode: checkChoice(schemaMode, at('schemaMode'), SCHEMA_MODES),
		unknown: checkChoice(schemaUnknown, at('schemaUnknown'), UNKNOWN_FIELDS),
		fields: merged(sampleFields(schemaSample, at('schemaSample')), schemaFields),
		// Where events are only reported it is hidden.
		...(schemaSourceField.trim() === '' || schemaMode === 'report'
			? {}
			: { sourceField: schemaSourceField.trim() }),
	};
	return { schema: parseSchema(schema, (name) => at(NAMES[name])) };
}

const NAMES = {
	mode: 'schemaMode',
	unknown: 'schemaUnknown',
	fields: 'schemaFields',
	sourceField: 'schemaSourceField',
} as const satisfies Record<keyof SchemaInput, keyof SchemaSettings>;

const FAULTS: Readonly<Record<SampleFault, string>> = {
	'no-json': 'JSON, such as {"id": 1, "at": "2025-03-04T10:11:12Z"}',
	'no-records': 'a JSON object, or a list of objects',
	'no-fields': 'an object with fields',
};

/** The message shows nothing of the sample. */
function sampleFields(sample: string, path: string): readonly SchemaField[] {
	if (sample.trim() === '') return [];
	if (sample.length > SCHEMA.maxSampleLength)
		throw new ConfigError(path, `at most ${SCHEMA.maxSampleLength} characters`, sample.length);
	const inferred = inferFields(sample);
	if ('fields' in inferred) return inferred.fields;
	throw new ConfigError(path, FAULTS[inferred.fault]);
}

/** A name that stands twice by hand stays, and is refused as such. */
function merged(
	inferred: readonly SchemaField[],
	byHand: readonly SchemaField[],
): readonly SchemaField[] {
	const names = new Set(byHand.map(({ name }) => name));
	return [...inferred.filter(({ name }) => !names.has(name)), ...byHand];
}
