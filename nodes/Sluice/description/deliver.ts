import type { INodeProperties } from 'n8n-workflow';
import { forwardHeader } from '../../shared/credential-parameters';

const show = (operation: string[], more: Record<string, string[]> = {}) => ({
	show: { resource: ['deliver'], operation, ...more },
});

export const deliverDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['deliver'] } },
		options: [
			{
				name: 'Add to Buffer',
				value: 'addToBuffer',
				action: 'Add items to a buffer',
				description: 'Keep items on disk until the Sluice Trigger of the buffer delivers them',
			},
			{
				name: 'Forward Now',
				value: 'forwardNow',
				action: 'Forward an item to a URL',
				description: 'Send each item once and wait for the answer',
			},
		],
		default: 'addToBuffer',
	},
	{
		displayName: 'Buffer Name or ID',
		name: 'buffer',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getItemBuffers' },
		displayOptions: show(['addToBuffer']),
		default: '',
		required: true,
		description:
			'A buffer of a published Sluice Trigger that starts on a buffer filled by workflows. Choose from the list, or specify a name or a full name, &lt;workflow ID&gt;:&lt;node ID&gt;/&lt;name&gt;, using an <a href="https://docs.n8n.io/code/expressions/">expression</a>. Items for one buffer are added together or not at all.',
	},
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		displayOptions: show(['forwardNow']),
		default: '',
		required: true,
		placeholder: 'https://example.com/events',
		description:
			'Takes a POST. A URL from an expression has to be https and public; one that is typed here may be private.',
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'options',
		noDataExpression: true,
		displayOptions: show(['forwardNow']),
		options: [
			{ name: 'Item', value: 'item', description: 'The item as JSON' },
			{
				name: 'Field of the Item',
				value: 'field',
				description: 'Text as it is, anything else as JSON',
			},
		],
		default: 'item',
		description: 'What is sent',
	},
	{
		displayName: 'Body Field',
		name: 'bodyField',
		type: 'string',
		displayOptions: show(['forwardNow'], { body: ['field'] }),
		default: 'body',
		required: true,
		description: 'Name of the field, or a path with dots',
	},
	{
		displayName: 'Sign Requests',
		name: 'signRequests',
		type: 'boolean',
		noDataExpression: true,
		displayOptions: show(['forwardNow']),
		default: false,
		description:
			'Whether to send a token in X-Dt-Signature, signed with the Sluice Signature credential',
	},
	forwardHeader(
		show(['forwardNow']),
		'Sent to the URL, also to one that an expression gives: use a URL of your own there',
	),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		displayOptions: show(['forwardNow']),
		default: {},
		options: [
			{
				displayName: 'Send Credentials of the Sender',
				name: 'sendCredentials',
				type: 'boolean',
				default: false,
				description:
					'Whether whole events keep the headers Authorization, Proxy-Authorization and Cookie that they came with',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 600 },
				default: 10,
				description: 'How long to wait for the answer',
			},
		],
	},
];
