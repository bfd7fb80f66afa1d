/** What requests carry, for both nodes. To add one: the setting in core/settings, and its entry here. */
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import {
	checkHeaderNames,
	FORMAT_NAMES,
	HTTP_TIMEOUT_MS,
	inSeconds,
	PUSH_METHODS,
	ROW_BODIES,
	type EndpointSettings,
	type SettingPath,
} from '../../core/index';
import { FORMATS } from './format-texts';
import { optionsCollection, type Option } from './options-collection';

const TIMEOUT = inSeconds(HTTP_TIMEOUT_MS);

const BODIES: Readonly<Record<(typeof ROW_BODIES)[number], { name: string; description: string }>> =
	{
		row: {
			name: 'The Row',
			description:
				'Fields or columns; of a whole event all of it, and its own bytes where it is alone',
		},
		body: { name: 'The Body of the Event', description: 'As it came, without anything around it' },
		connector: {
			name: 'Event, Labels and Metadata',
			description: 'As a Data Connector sends them, with the labels that you choose',
		},
	};

function headersOption(fixed: Pick<INodeProperties, 'noDataExpression'>): Option {
	return {
		displayName: 'Headers',
		name: 'headers',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Header' },
		placeholder: 'Add Header',
		default: {},
		description: 'Sent with each request. A key belongs into a credential (Forward With).',
		options: [
			{
				displayName: 'Header',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. X-Site',
						...fixed,
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						...fixed,
					},
				],
			},
		],
	};
}

/** The way to any endpoint. */
export const CONNECTION_OPTIONS: readonly Option[] = [
	{
		displayName: 'Allowed Networks',
		name: 'allowedCidrs',
		type: 'string',
		default: '',
		placeholder: 'e.g. 10.1.0.0/16',
		description:
			'Networks that may be reached besides, separated by commas. Link-local and cloud metadata addresses are never called unless they are listed here.',
	},
	{
		displayName: 'Proxy',
		name: 'proxy',
		type: 'options',
		default: 'environment',
		options: [
			{ name: 'By a Server', value: 'server' },
			{
				name: 'By the Environment',
				value: 'environment',
				description: 'HTTPS_PROXY, HTTP_PROXY and NO_PROXY, with a user and password if need be',
			},
			{ name: 'None', value: 'none' },
		],
	},
	{
		displayName: 'Proxy Exceptions',
		name: 'proxyExcept',
		type: 'string',
		default: '',
		placeholder: 'e.g. .example.com, 10.0.0.0/8',
		displayOptions: { show: { proxy: ['server'] } },
		description: 'Names, domains and networks that are reached without it, separated by commas',
	},
	{
		displayName: 'Proxy URL',
		name: 'proxyUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. http://proxy.example.com:3128',
		displayOptions: { show: { proxy: ['server'] } },
		description: 'Without user and password: those are in a credential (Proxy Authentication)',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: TIMEOUT.min, maxValue: TIMEOUT.max },
		default: TIMEOUT.fallback,
		description: 'How long to wait for the answer',
	},
];

/** Of any request. */
const OF_REQUESTS: readonly Option[] = [
	...CONNECTION_OPTIONS,
	{
		displayName: 'Compress (Gzip)',
		name: 'gzip',
		type: 'boolean',
		default: false,
		description: 'Whether bodies leave compressed. A signature is over what is sent then.',
	},
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		default: 'POST',
		options: PUSH_METHODS.map((value) => ({ name: value, value })),
	},
];

/** Of what a buffer has. */
const OF_ROWS: readonly Option[] = [
	{
		displayName: 'Body',
		name: 'body',
		type: 'options',
		default: 'row',
		options: ROW_BODIES.map((value) => ({ value, ...BODIES[value] })),
		description: 'What of each event is sent',
	},
	{
		displayName: 'CSV Begins With Names',
		name: 'csvHeader',
		type: 'boolean',
		default: true,
		displayOptions: { show: { format: ['csv'] }, hide: { send: ['row'] } },
		description: 'Whether the first line has the names of the columns',
	},
	{
		displayName: 'Format',
		name: 'format',
		type: 'options',
		default: 'json-array',
		displayOptions: { hide: { send: ['row'] } },
		options: FORMAT_NAMES.map((value) => ({ name: FORMATS[value], value })),
		description: 'Of a request with a batch. CSV needs fields or columns.',
	},
	{
		displayName: 'Labels',
		name: 'labels',
		type: 'string',
		default: '',
		placeholder: 'e.g. name, building',
		displayOptions: { show: { body: ['connector'] } },
		description: 'Names of the labels that are sent, separated by commas',
	},
	{
		displayName: 'One Request Per',
		name: 'send',
		type: 'options',
		default: 'batch',
		options: [
			{ name: 'Batch', value: 'batch', description: 'All rows of a batch in one request' },
			{ name: 'Event', value: 'row', description: 'For receivers that take no lists' },
		],
	},
];

/** As the collections give them: what was not added is absent. */
export interface RequestOptions extends Omit<
	EndpointSettings,
	'url' | 'proxyUser' | 'proxyPassword' | 'ca' | 'clientCertificate' | 'sendCredentials'
> {
	readonly headers?: { readonly values?: readonly { name?: string; value?: string }[] };
}

/** Of batches of a buffer. */
export function requestOptions(displayOptions: IDisplayOptions): INodeProperties {
	return optionsCollection({
		displayName: 'Request Options',
		name: 'requestOptions',
		options: [...OF_REQUESTS, headersOption({ noDataExpression: true }), ...OF_ROWS],
		displayOptions,
	});
}

/** Of requests with one body each, beside what else there is. */
export function bodyRequestOptions(
	displayOptions: IDisplayOptions,
	others: readonly Option[],
): INodeProperties {
	return optionsCollection({
		displayName: 'Options',
		name: 'options',
		displayOptions,
		options: [...OF_REQUESTS, headersOption({}), ...others],
		takeExpressions: [
			'gzip',
			'headers',
			'method',
			'timeoutSeconds',
			...others.map(({ name }) => name),
		],
	});
}

/** @throws ConfigError for one that is given twice */
export function headersOf(
	{ headers: { values = [] } = {} }: RequestOptions,
	at: SettingPath,
): readonly { readonly name: string; readonly value: string }[] {
	const headers = values.map(({ name = '', value = '' }) => ({ name: name.trim(), value }));
	checkHeaderNames(
		headers.map(({ name }) => name),
		at,
	);
	return headers;
}
