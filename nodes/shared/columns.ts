import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

/**
 * The rows of a `columns` list in the editor, for both nodes. Nothing in it takes an expression: columns are compiled once, and a
 * template has a language of its own (N73, N74).
 */
export const COLUMN_FIELDS: INodeProperties[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: 'temperature',
		description: 'Name of the field in the record, unique among the columns',
	},
	{
		displayName: 'Type',
		name: 'type',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Body', value: 'body', description: 'The whole body' },
			{ name: 'Date and Time', value: 'datetime', description: 'When the event was received' },
			{ name: 'Headers', value: 'headers', description: 'All headers of the request' },
			{ name: 'ID', value: 'id', description: 'Number of the row in its buffer' },
			{ name: 'IP', value: 'ip', description: 'Address of the sender' },
			{ name: 'Path', value: 'path', description: 'The value at a place in the body' },
			{ name: 'Template', value: 'template', description: 'What a Jsonnet template makes of it' },
			{ name: 'UUID', value: 'uuid', description: 'A new UUID version 7' },
		],
		default: 'path',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: 'data.items[0].value',
		description: 'Where in the body; empty takes the whole body',
		displayOptions: { show: { type: ['path'] } },
	},
	{
		displayName: 'Default',
		name: 'defaultValue',
		type: 'string',
		noDataExpression: true,
		default: '',
		description: 'Text used where the path finds nothing; empty makes that an error',
		displayOptions: { show: { type: ['path'] } },
	},
	{
		displayName: 'Template',
		name: 'template',
		type: 'string',
		noDataExpression: true,
		typeOptions: { rows: 4 },
		default: '',
		placeholder: "Body('temperature') * 1.8 + 32",
		description:
			'Jsonnet, up to 4,096 characters. Functions: Body(path, default), Header(name, default), Ip(), Now(format).',
		displayOptions: { show: { type: ['template'] } },
	},
];

/** The options of the `columns` fixedCollection, which gives `{values: ColumnParameters[]}`. */
export const COLUMN_OPTIONS: INodePropertyCollection[] = [
	{ displayName: 'Column', name: 'values', values: COLUMN_FIELDS },
];
