import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { forwardAuth, signWith } from '../../shared/credential-parameters';
import { bodyRequestOptions } from '../../shared/request-options';
import { PROXY_PARAMETER, proxyParameter } from '../../shared/proxy-authentication';
import { sslParameter } from '../../shared/ssl-certificates';

const show = (more: IDisplayOptions['show'] = {}) => ({
	show: { resource: ['item'], operation: ['forward'], ...more },
});

/** Where the credential with a user shows. */
export const FORWARD_USER_PLACES = [
	show({ forwardAuth: ['basic'] }),
	show({ [PROXY_PARAMETER]: [true] }),
];

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
			'Where each item is sent to. A URL from an expression has to be https and public; one that is typed here may be private.',
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
	sslParameter(show()),
	proxyParameter(show()),
	bodyRequestOptions(show(), [
		{
			displayName: 'Send Credentials of the Sender',
			name: 'sendCredentials',
			type: 'boolean',
			default: false,
			description:
				'Whether whole events keep the headers Authorization, Proxy-Authorization and Cookie that they came with',
		},
	]),
];
