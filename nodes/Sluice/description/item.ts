import type { INodeProperties } from 'n8n-workflow';
import { COLUMN_OPTIONS } from '../../shared/columns';

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
				name: 'Map',
				value: 'map',
				action: 'Map an item through columns',
				description: 'Make a record of each item, with fields, defaults and Jsonnet templates',
			},
			{
				name: 'Sign',
				value: 'sign',
				action: 'Sign a body',
				description: 'Add a token (JWT) that carries a checksum of the body',
			},
			{
				name: 'Verify',
				value: 'verify',
				action: 'Verify a signed body',
				description: 'Let items pass whose token was made for their body; refuse the others',
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
		displayName: 'Token Field',
		name: 'tokenField',
		type: 'string',
		displayOptions: show(['sign']),
		default: 'token',
		required: true,
		description: 'Field that the token is written to; send it as the header X-Dt-Signature',
	},
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
		displayName: 'Token',
		name: 'token',
		type: 'string',
		// Not a credential: the value that came with the request.
		displayOptions: show(['verify']),
		default: "={{ $json.headers['x-dt-signature'] }}",
		required: true,
		description: 'The token that came with the body',
	},
];
