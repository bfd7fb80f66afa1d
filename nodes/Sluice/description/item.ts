import type { INodeProperties } from 'n8n-workflow';
import { COLUMN_OPTIONS } from '../../shared/columns';
import { messageSchemes, schemeFields, schemeOptions, signingSchemes } from '../../shared/schemes';

const show = (operation: string[], more: Record<string, string[]> = {}) => ({
	show: { resource: ['item'], operation, ...more },
});

export const itemDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['item'] } },
		options: [
			{
				name: 'Forward to URL',
				value: 'forward',
				action: 'Forward an item to a URL',
				description: 'Send each item once and wait for the answer',
			},
			{
				name: 'Load Into Table',
				value: 'loadTable',
				action: 'Load items into a table',
				description: 'Load all items into a table of SQLite or PostgreSQL, in one transaction',
			},
			{
				name: 'Map',
				value: 'map',
				action: 'Map an item through columns',
				description: 'Make a record of each item, with fields, defaults and Jsonnet templates',
			},
			{
				name: 'Push to Opendatasoft',
				value: 'pushToDataset',
				action: 'Push items to a dataset',
				description: 'Add records to a realtime dataset, or delete them, and wait for the answer',
			},
			{
				name: 'Sign',
				value: 'sign',
				action: 'Sign a body',
				description: 'Add the headers that sign a body',
			},
			{
				name: 'Verify',
				value: 'verify',
				action: 'Verify a signed body',
				description: 'Let items pass whose signature was made for their body; refuse the others',
			},
			{
				name: 'Write File',
				value: 'writeFile',
				action: 'Write items to a file',
				description:
					'Make one file of all items, as NDJSON or CSV; it is there when it is complete',
			},
		],
		default: 'map',
	},
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		displayOptions: show(['map']),
		options: [
			{ name: 'Item', value: 'item', description: 'The whole item is the body' },
			{
				name: 'Field of the Item',
				value: 'field',
				description: 'One field is the body, and the field "headers" holds its headers',
			},
		],
		default: 'item',
		description: 'What paths and templates read',
	},
	{
		displayName: 'Source Field',
		name: 'sourceField',
		type: 'string',
		displayOptions: show(['map'], { source: ['field'] }),
		default: 'body',
		required: true,
		description: 'Name of the field, or a path with dots',
	},
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'fixedCollection',
		noDataExpression: true,
		typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Column' },
		displayOptions: show(['map']),
		placeholder: 'Add Column',
		default: {},
		options: COLUMN_OPTIONS,
		description: 'The fields of the record, in this order',
	},
	{
		displayName: 'Body Field',
		name: 'bodyField',
		type: 'string',
		displayOptions: show(['sign']),
		default: 'body',
		required: true,
		description:
			'Field that is signed. What is no text is replaced by its JSON: send exactly this text.',
	},
	{
		displayName: 'Headers Field',
		name: 'headersField',
		type: 'string',
		displayOptions: show(['sign']),
		default: 'headers',
		required: true,
		description: 'Field that the headers of the signature are added to; send them with the body',
	},
	...schemeParameters('sign'),
	{
		displayName: 'Body Field',
		name: 'bodyField',
		type: 'string',
		displayOptions: show(['verify']),
		default: 'body',
		required: true,
		description:
			'Text field, or file, with the exact body as it was received (Webhook node: option Raw Body, field "data")',
	},
	{
		displayName: 'Headers Field',
		name: 'headersField',
		type: 'string',
		displayOptions: show(['verify']),
		default: 'headers',
		required: true,
		description: 'Field with the headers that came with the body, as the Webhook node gives them',
	},
	...schemeParameters('verify'),
];

function schemeParameters(direction: 'sign' | 'verify'): INodeProperties[] {
	const schemes = direction === 'sign' ? signingSchemes() : messageSchemes();
	return [
		{
			displayName: 'Scheme',
			name: 'scheme',
			type: 'options',
			noDataExpression: true,
			displayOptions: show([direction]),
			default: schemes[0]?.kind ?? '',
			options: schemeOptions(schemes),
			description: 'How the signature is made, with the secret of the signature credential',
		},
		...schemeFields(schemes, direction, { chooser: 'scheme', show: show([direction]).show }),
	];
}
