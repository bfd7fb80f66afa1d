import type { INodeProperties } from 'n8n-workflow';
import {
	AUTH_KINDS,
	CONDITIONS,
	grouped,
	NODE_CONDITIONS,
	NODE_MIN_TIME_MS,
	NODE_TIME_SECONDS,
	type SinkKindName,
} from '../../../core/index';
import { forwardAuth, signWith } from '../../shared/credential-parameters';
import { batchParameters } from '../../shared/batch-parameters';
import {
	datasetOptions,
	datasetParameters,
	PUSH_KEY_PARAMETER,
} from '../../shared/dataset-options';
import { deliveryOptions } from '../../shared/delivery-options';
import {
	POSTGRES_PARAMETER,
	tableColumnParameters,
	tableOptions,
	tableParameters,
} from '../../shared/table-options';
import { directoryParameter, fileOptions } from '../../shared/files-options';
import { filterParameter } from '../../shared/filter-options';
import { requestOptions } from '../../shared/request-options';
import { kindsWithCredential } from '../../shared/schemes';
import { PROXY_PARAMETER, proxyParameter } from '../../shared/proxy-authentication';
import { SSL_PARAMETER, sslParameter } from '../../shared/ssl-certificates';
import { COLUMN_OPTIONS } from '../../shared/columns';
import { SINK_OPTIONS } from '../../shared/sink-texts';
import { TOLD } from '../start-on';

/**
 * Parameters of one buffer. The same list serves the single buffer and, inside the collection, each of several; nothing in it may be
 * an expression, since one would cost an isolate per request (N73, N74).
 */

const fieldsParameter: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Field' },
	placeholder: 'Add Field',
	default: {},
	noDataExpression: true,
	displayOptions: { show: { data: ['fields'] } },
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
					description: 'Name of the field in the record',
				},
				{
					displayName: 'Path',
					name: 'path',
					type: 'string',
					default: '',
					placeholder: 'e.g. event.data.temperature.value',
					noDataExpression: true,
					description: 'Where the value is in the JSON body; empty is the whole body',
				},
			],
		},
	],
};

const columnsParameter: INodeProperties = {
	displayName: 'Columns',
	name: 'columns',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Column' },
	placeholder: 'Add Column',
	default: {},
	noDataExpression: true,
	displayOptions: { show: { data: ['columns'] } },
	options: COLUMN_OPTIONS,
};

const SECONDS = { min: NODE_MIN_TIME_MS / 1_000, max: CONDITIONS.timeMs.max / 1_000 };

const bufferParameters: INodeProperties[] = [
	{
		displayName: 'Flush After Events',
		name: 'flushCount',
		type: 'number',
		typeOptions: { minValue: CONDITIONS.count.min, maxValue: CONDITIONS.count.max },
		default: NODE_CONDITIONS.count,
		noDataExpression: true,
		description: `A batch is closed when it has this many events, ${CONDITIONS.count.min} to ${grouped(CONDITIONS.count.max)}`,
	},
	{
		displayName: 'Or After Seconds',
		name: 'flushSeconds',
		type: 'number',
		typeOptions: { minValue: SECONDS.min, maxValue: SECONDS.max },
		default: NODE_TIME_SECONDS,
		noDataExpression: true,
		description: `Or this long after its first event, ${SECONDS.min} to ${grouped(SECONDS.max)} seconds`,
	},
	{
		displayName: 'Data',
		name: 'data',
		type: 'options',
		default: 'event',
		noDataExpression: true,
		options: [
			{
				name: 'Columns (with Jsonnet)',
				value: 'columns',
				description: 'A record with columns you define',
			},
			{
				name: 'Pick Fields',
				value: 'fields',
				description: 'A record with values picked from the JSON body',
			},
			{
				name: 'Whole Event',
				value: 'event',
				description: 'Headers, query and body, like the Webhook node',
			},
		],
	},
	fieldsParameter,
	columnsParameter,
	{
		displayName:
			'To see the row of an event: <b>Execute Workflow</b>, then push one to the test URL. Its row is the output, and nothing is stored. To try changed columns with events that came: <b>Buffer → Dry Run</b> of a Sluice node.',
		name: 'rowNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { data: ['fields', 'columns'], '/startOn': ['pushedEvents'] } },
	},
	filterParameter,
	{
		displayName: 'Then',
		name: 'then',
		type: 'options',
		default: 'flow' satisfies SinkKindName,
		noDataExpression: true,
		options: SINK_OPTIONS,
	},
	...batchParameters({ show: { then: ['flow'] } }),
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://example.com/readings',
		noDataExpression: true,
		displayOptions: { show: { then: ['http'] } },
		description: 'Where batches are sent to',
	},
	...datasetParameters({ show: { then: ['opendatasoft'] } }),
	...tableParameters({ show: { then: ['table'] } }),
	{
		displayName:
			'A table needs columns: choose <b>Pick Fields</b> or <b>Columns</b> under <b>Data</b>',
		name: 'tableNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { then: ['table'], data: ['event'] } },
	},
	...tableColumnParameters({ show: { then: ['table'], data: ['fields', 'columns'] } }),
	directoryParameter({ show: { then: ['files'] } }),
];

/** Options of each kind of destination. */
const optionParameters: INodeProperties[] = [
	requestOptions({ show: { then: ['http'] } }),
	datasetOptions({ show: { then: ['opendatasoft'] } }),
	tableOptions({ show: { then: ['table'] } }),
	fileOptions({ show: { then: ['files'] } }),
	...SINK_OPTIONS.map(({ value }) => deliveryOptions({ show: { then: [value] } }, value)),
];

/** Of what is of the single buffer. */
export const HIDE_WITH_SEVERAL = { startOn: [...TOLD], severalBuffers: [true] };

/** The parameters of the single buffer are hidden while there are several. */
const ofTheSingle = (parameters: readonly INodeProperties[]): INodeProperties[] =>
	parameters.map((parameter) => {
		const { show = {} } = parameter.displayOptions ?? {};
		return { ...parameter, displayOptions: { show, hide: HIDE_WITH_SEVERAL } };
	});

export const singleBufferParameters = ofTheSingle([...bufferParameters, ...optionParameters]);

/** By which the single buffer forwards: together, since the editor shows all credentials in one place (nodes/README.md). */
export const forwardingOfSingle = ofTheSingle([
	...signWith({ then: ['http'] }),
	forwardAuth({ show: { then: ['http'] } }, 'Credential that is sent to the URL with each request'),
	sslParameter({ show: { then: ['http'] } }),
	proxyParameter({ show: { then: ['http'] } }),
]);

/** Within the collection a credential cannot be chosen: each buffer says whether it uses the one of the node. */
export const oneOfSeveralParameters: INodeProperties[] = [
	...bufferParameters,
	...signWith({ then: ['http'], '/usesSignature': ['yes'] }),
	{
		displayName: 'Forward With the Credential',
		name: 'authenticates',
		type: 'boolean',
		default: false,
		noDataExpression: true,
		displayOptions: { show: { then: ['http'], '/forwardAuth': AUTH_KINDS } },
		description: 'Whether the credential of the node is sent to the URL of this buffer',
	},
	{
		displayName: 'Use the SSL Certificates',
		name: 'usesSslCertificates',
		type: 'boolean',
		default: false,
		noDataExpression: true,
		displayOptions: { show: { then: ['http'], [`/${SSL_PARAMETER}`]: [true] } },
		description: 'Whether the certificates of the node are used for the URL of this buffer',
	},
	{
		displayName: 'Use the Proxy Authentication',
		name: 'usesProxyAuthentication',
		type: 'boolean',
		default: false,
		noDataExpression: true,
		displayOptions: {
			show: {
				then: ['http'],
				[`/${PROXY_PARAMETER}`]: [true],
			},
		},
		description: 'Whether the proxy of this buffer is given the user and password of the node',
	},
	{
		displayName: 'Switch on <b>Push Key</b> below the buffers, and choose its credential',
		name: 'pushKeyNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { then: ['opendatasoft'], [`/${PUSH_KEY_PARAMETER}`]: [false] } },
	},
	{
		displayName:
			'Switch on <b>PostgreSQL of Tables</b> below the buffers, and choose its credential',
		name: 'postgresNotice',
		type: 'notice',
		default: '',
		displayOptions: {
			show: { then: ['table'], database: ['postgres'], [`/${POSTGRES_PARAMETER}`]: [false] },
		},
	},
	...optionParameters,
];

/** What the buffers of a collection may use. */
export const forwardingOfSeveral: INodeProperties[] = [
	forwardAuth(
		{ show: { severalBuffers: [true] }, hide: { startOn: [...TOLD] } },
		'What forwarding buffers can send; each of them says whether it does',
	),
	sslParameter({ show: { severalBuffers: [true] }, hide: { startOn: [...TOLD] } }),
	proxyParameter({ show: { severalBuffers: [true] }, hide: { startOn: [...TOLD] } }),
	{
		displayName: 'Push Key',
		name: PUSH_KEY_PARAMETER,
		type: 'boolean',
		default: false,
		noDataExpression: true,
		displayOptions: { show: { severalBuffers: [true] }, hide: { startOn: [...TOLD] } },
		description: 'Whether buffers push to datasets of Opendatasoft, by the key of a credential',
	},
	{
		displayName: 'PostgreSQL of Tables',
		name: POSTGRES_PARAMETER,
		type: 'boolean',
		default: false,
		noDataExpression: true,
		displayOptions: { show: { severalBuffers: [true] }, hide: { startOn: [...TOLD] } },
		description: 'Whether buffers load tables of PostgreSQL, by one credential',
	},
	{
		displayName: 'Secret to Sign With',
		name: 'forwardSignature',
		type: 'options',
		default: 'none',
		noDataExpression: true,
		displayOptions: {
			show: { severalBuffers: [true] },
			hide: { startOn: [...TOLD], authentication: kindsWithCredential() },
		},
		options: [
			{ name: 'From a Credential', value: 'credential' },
			{ name: 'None', value: 'none' },
		],
		description: 'What forwarding buffers can sign with; each of them says whether it does',
	},
];
