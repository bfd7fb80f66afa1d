import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { COLUMN_TYPES, grouped, TEMPLATE_LENGTH, type Column } from '../../core/index';

/**
 * The rows of a `columns` list in the editor, for both nodes. Nothing in it takes an expression: columns are compiled once, and a
 * template has a language of its own (N73, N74).
 */

const TEXTS: Readonly<
	Record<Column['type'], { readonly name: string; readonly description: string }>
> = {
	id: {
		name: 'ID',
		description:
			'A number from 1, without gaps, for each row of the buffer; null where there is no buffer',
	},
	uuid: { name: 'UUID', description: 'A unique ID that sorts by time' },
	recordId: {
		name: 'Record ID',
		description: 'Fingerprint of the record, where the receiver has a schema',
	},
	datetime: { name: 'Date and Time', description: 'When the event was received, UTC' },
	ip: { name: 'IP', description: 'Address of the sender' },
	body: { name: 'Body', description: 'The raw body as text' },
	headers: { name: 'Headers', description: 'All headers as an object' },
	path: { name: 'Path', description: 'A value of the JSON body' },
	template: { name: 'Template', description: 'A Jsonnet template over the event' },
};

/** In the order of the alphabet as n8n wants it. */
const TYPE_OPTIONS: INodeProperties['options'] = COLUMN_TYPES.map((value) => ({
	value,
	...TEXTS[value],
})).toSorted((a, b) => a.name.localeCompare(b.name));

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
		options: TYPE_OPTIONS,
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
		description: `Jsonnet, ${TEMPLATE_LENGTH.min} to ${grouped(TEMPLATE_LENGTH.max)} characters, with Body(path, default), Header(name, default), Ip(), Now(format), ParseTime(value, format), FormatTime(ms, format, zone), RecordId(), Operation(), Stale(), BodyStr() and HeaderStr()`,
	},
];

/** The options of the `columns` fixedCollection, which gives `{values: ColumnParameters[]}`. */
export const COLUMN_OPTIONS: INodePropertyCollection[] = [
	{ displayName: 'Column', name: 'values', values: COLUMN_FIELDS },
];
