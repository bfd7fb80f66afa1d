import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { grouped, TEMPLATE_LENGTH } from '../../core/index';

/**
 * The rows of a `columns` list in the editor, for both nodes. Nothing in it takes an expression: columns are compiled once, and a
 * template has a language of its own (N73, N74).
 */

const COLUMN_TYPES: INodeProperties['options'] = [
	{ name: 'Body', value: 'body', description: 'The raw body as text' },
	{ name: 'Date and Time', value: 'datetime', description: 'When the event was received, UTC' },
	{ name: 'Headers', value: 'headers', description: 'All headers as an object' },
	{
		name: 'ID',
		value: 'id',
		description:
			'A number from 1, without gaps, for each row of the buffer; null where there is no buffer',
	},
	{ name: 'IP', value: 'ip', description: 'Address of the sender' },
	{ name: 'Path', value: 'path', description: 'A value of the JSON body' },
	{ name: 'Template', value: 'template', description: 'A Jsonnet template over the event' },
	{ name: 'UUID', value: 'uuid', description: 'A unique ID that sorts by time' },
];

const COLUMN_FIELDS: INodeProperties[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		noDataExpression: true,
		description: 'Name of the field in the record, unique among the columns',
	},
	{
		displayName: 'Type',
		name: 'type',
		type: 'options',
		default: 'path',
		noDataExpression: true,
		options: COLUMN_TYPES,
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: '',
		placeholder: 'e.g. event.data.temperature.value',
		noDataExpression: true,
		displayOptions: { show: { type: ['path'] } },
		description: 'Where the value is in the JSON body; empty is the whole body',
	},
	{
		displayName: 'Default',
		name: 'defaultValue',
		type: 'string',
		default: '',
		noDataExpression: true,
		displayOptions: { show: { type: ['path'] } },
		description: 'Text used when nothing is there. Without one the event or item is refused.',
	},
	{
		displayName: 'Template',
		name: 'template',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		placeholder: 'e.g. { device: Body("device.id"), at: Now() }',
		noDataExpression: true,
		displayOptions: { show: { type: ['template'] } },
		description: `Jsonnet, ${TEMPLATE_LENGTH.min} to ${grouped(TEMPLATE_LENGTH.max)} characters, with Body(path, default), Header(name, default), Ip(), Now(format), ParseTime(value, format), FormatTime(ms, format, zone), BodyStr() and HeaderStr()`,
	},
];

/** The options of the `columns` fixedCollection, which gives `{values: ColumnParameters[]}`. */
export const COLUMN_OPTIONS: INodePropertyCollection[] = [
	{ displayName: 'Column', name: 'values', values: COLUMN_FIELDS },
];
