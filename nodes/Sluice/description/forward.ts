import type { INodeProperties } from 'n8n-workflow';
import { HTTP_TIMEOUT_MS, inSeconds } from '../../../core/index';
import { forwardAuth, signWith } from '../../shared/credential-parameters';

const TIMEOUT = inSeconds(HTTP_TIMEOUT_MS);

const show = (more: Record<string, string[]> = {}) => ({
	show: { resource: ['item'], operation: ['forward'], ...more },
});

/** Parameters of the operation *forward*. */
export const forwardDescription: INodeProperties[] = [
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		displayOptions: show(),
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
		displayOptions: show(),
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
		displayOptions: show({ body: ['field'] }),
		default: 'body',
		required: true,
		description: 'Name of the field, or a path with dots',
	},
	...signWith(show().show),
	forwardAuth(
		show(),
		'Credential that is sent to the URL, also to one that an expression gives: use a URL of your own there',
	),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		displayOptions: show(),
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
				typeOptions: { minValue: TIMEOUT.min, maxValue: TIMEOUT.max },
				default: TIMEOUT.fallback,
				description: 'How long to wait for the answer',
			},
		],
	},
];
