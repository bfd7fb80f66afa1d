import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { SCHEMA, type SchemaMode, type UnknownFields } from '../../../core/index';
import { FIELD_TYPE_OPTIONS } from '../../shared/field-type-texts';

const displayOptions: IDisplayOptions = { show: { '/startOn': ['pushedEvents'] } };

/** What events have to be as records: part of the collection *Options*, by the names of core's settings. */
export const SCHEMA_OPTIONS: readonly INodeProperties[] = [
	{
		displayName: 'Schema',
		name: 'schemaMode',
		type: 'options',
		default: 'coerce',
		noDataExpression: true,
		displayOptions,
		options: [
			{
				name: 'Convert Values',
				value: 'coerce',
				description: 'To the types of their fields; what cannot be converted is answered 400',
			},
			{ name: 'Off', value: 'off' },
			{
				name: 'Report Only',
				value: 'report',
				description: 'Everything is passed on as it came; what does not fit is counted and shown',
			},
			{
				name: 'Strict',
				value: 'strict',
				description: 'What is not of the type of its field already is answered 400',
			},
		] satisfies { name: string; value: SchemaMode | 'off'; description?: string }[],
		description:
			'Holds the JSON object of each event against fields with types, those of Schema: Sample Records and Schema: Fields. All events of a request fit, or none is stored.',
	},
	{
		displayName: 'Schema: Fields',
		name: 'schemaFields',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Field' },
		placeholder: 'Add Field',
		default: {},
		noDataExpression: true,
		displayOptions,
		options: [
			{
				displayName: 'Field',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						required: true,
						noDataExpression: true,
						description: 'Of a member of the JSON object; case counts',
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						default: 'text',
						noDataExpression: true,
						options: FIELD_TYPE_OPTIONS,
					},
					{
						displayName: 'Unique',
						name: 'unique',
						type: 'boolean',
						default: false,
						noDataExpression: true,
						description:
							'Whether its value tells records apart, alone or with the other unique fields; without any all members do. It makes the record ID and drops no repetition.',
					},
				],
			},
		],
		description: `Instead of what the sample says of fields of these names, and beside its others; at most ${SCHEMA.maxFields} in all`,
	},
	{
		displayName: 'Schema: Sample Records',
		name: 'schemaSample',
		type: 'json',
		typeOptions: { rows: 6 },
		default: '',
		noDataExpression: true,
		displayOptions,
		placeholder: 'e.g. [{"ID": 1, "at": "2025-03-04T10:11:12Z"}]',
		description:
			'A JSON object, or a list of objects, with every field that will be sent; fields and their types are inferred. It is no event itself.',
	},
	{
		displayName: 'Schema: Source Field',
		name: 'schemaSourceField',
		type: 'string',
		default: 'source_label',
		noDataExpression: true,
		displayOptions,
		description: 'Member that each record gets with the source label, which has to be set, too',
	},
	{
		displayName: 'Schema: Unknown Fields',
		name: 'schemaUnknown',
		type: 'options',
		default: 'keep',
		noDataExpression: true,
		displayOptions,
		options: [
			{ name: 'Drop', value: 'drop' },
			{ name: 'Keep', value: 'keep' },
			{ name: 'Refuse the Event (400)', value: 'refuse' },
		] satisfies { name: string; value: UnknownFields }[],
		description: 'What becomes of members that no field names',
	},
];
