import {
	showsVerifyToken,
	toHandshake,
	toReceiver,
	withPreset,
	type ExportInput,
	type FlowContentConfig,
	type ReceiverInput,
	type ReceiverSettings,
} from '../../core/index';
import { verifyToken } from '../shared/credentials';
import { holderOf, type TriggerContext } from './holder';
import { startOnOf, type StartOn } from './start-on';
import { authOf, senderOf } from './ways';
import { tableSink, type TableSink } from '../shared/table-sink';
import { filesSink, type FilesSink } from '../shared/files-sink';
import { datasetSink, type DatasetSink } from '../shared/dataset-sink';
import { forwardSink, type ForwardSink } from '../shared/forward-sink';
import { PROXY_PARAMETER } from '../shared/proxy-authentication';
import { SSL_PARAMETER } from '../shared/ssl-certificates';
import {
	buffersOf,
	exportInput,
	flowContentOf,
	inBuffer,
	type BufferOptions,
	type BufferParameters,
} from '../shared/buffer-parameters';

/** Options of the Trigger, as its collection gives them: what was not added is absent. */
export interface TriggerOptions extends BufferOptions, Omit<ReceiverSettings, 'schemaFields'> {
	readonly numbers?: 'double' | 'text';
	readonly sendCredentials?: boolean;
	readonly schemaFields?: { readonly values?: ReceiverSettings['schemaFields'] };
}

/** All that the node says, in core's words. */
export interface TriggerConfiguration {
	readonly startOn: StartOn;
	readonly receiver: ReceiverInput;
	readonly buffers: readonly {
		readonly parameters: BufferParameters;
		readonly config: ExportInput;
		/** What of a batch starts the workflow. */
		readonly content: FlowContentConfig;
	}[];
	readonly options: TriggerOptions;
	readonly holder: { readonly key: string; readonly label: string };
	/** The secret of the URL: the webhook id, which the editor makes. */
	readonly webhookId: string;
}

/** @throws ConfigError naming parameter and bound */
export async function readConfiguration(context: TriggerContext): Promise<TriggerConfiguration> {
	const holder = holderOf(context);
	const { key, label } = holder;
	// Parameters that are hidden are absent; without a fallback that is not undefined n8n throws.
	const parameter = <T>(name: string, fallback: T): T =>
		context.getNodeParameter(name, fallback as never) as T;
	const startOn = startOnOf(context);
	const options = parameter<TriggerOptions>('options', {});
	const isPushed = startOn !== 'workflowItems';
	const settings = { ...options, schemaFields: options.schemaFields?.values };
	const sender = isPushed ? senderOf(context) : undefined;
	const receiverId = startOn === 'workflowItems' ? `items:${key}` : key;
	const names = [
		'severalBuffers',
		'buffers',
		'bufferName',
		'flushCount',
		'flushSeconds',
		'data',
		'fields',
		'columns',
		'then',
		'batchAs',
		'batchFormat',
		'batchCsvHeader',
		'url',
		'domain',
		'dataset',
		'datasetOptions',
		'database',
		'databaseFile',
		'table',
		'primaryKey',
		'columnTypes',
		'tableOptions',
		'directory',
		'fileOptions',
		'signWith',
		'signWithOptions',
		'forwardAuth',
		SSL_PARAMETER,
		PROXY_PARAMETER,
		'filter',
		'requestOptions',
		'deliveryOptions',
	];
	const buffers = buffersOf(Object.fromEntries(names.map((name) => [name, parameter(name, null)])));
	return {
		startOn,
		receiver: {
			id: receiverId,
			auth: isPushed ? await authOf(context) : [{ kind: 'none' }],
			...toReceiver(
				sender ? withPreset(sender.fields, settings) : settings,
				(name) => `options.${name}`,
			),
			...(isPushed
				? await handshakeOf(context, sender?.fields.handshake ?? parameter('handshake', 'none'))
				: {}),
		},
		buffers: buffers.map((parameters) => ({
			parameters,
			config: exportInput(receiverId, parameters, options, label),
			content: flowContentOf(parameters, options),
		})),
		options,
		holder,
		webhookId: context.getNode().webhookId ?? '',
	};
}

async function handshakeOf(
	context: TriggerContext,
	handshake: string,
): Promise<Pick<ReceiverInput, 'handshake'>> {
	const token = showsVerifyToken(handshake) ? await verifyToken(context) : '';
	return toHandshake({ handshake, verifyToken: () => token });
}

/** The directory that a buffer is written to. @throws ConfigError naming parameter and bound */
export function filesTarget({ parameters }: TriggerConfiguration['buffers'][number]): FilesSink {
	const { data, directory, fileOptions } = parameters;
	return filesSink({ ...fileOptions, data, directory }, inBuffer(parameters));
}

/** The table that a buffer is loaded into. @throws ConfigError naming parameter and bound */
export function tableTarget(
	context: TriggerContext,
	{ parameters, config }: TriggerConfiguration['buffers'][number],
): Promise<TableSink> {
	const { database, databaseFile, table, primaryKey, columnTypes, tableOptions } = parameters;
	const { output = 'event', columns } = config;
	return tableSink(
		context,
		{
			...tableOptions,
			database,
			databaseFile,
			table,
			primaryKey,
			columnTypes: columnTypes?.values,
		},
		{ at: inBuffer(parameters), rows: { output, columns } },
	);
}

/** The dataset that a buffer is pushed to. @throws ConfigError naming parameter and bound */
export function datasetTarget(
	context: TriggerContext,
	{ parameters, config }: TriggerConfiguration['buffers'][number],
): Promise<DatasetSink> {
	const { domain, dataset, datasetOptions } = parameters;
	return datasetSink(
		context,
		{ ...datasetOptions, domain, dataset },
		{ at: inBuffer(parameters), rows: { ...config, output: config.output ?? 'event' } },
	);
}

/** Where a buffer is forwarded to; signed, and with credentials, where it says so. @throws ConfigError */
export function forwardTarget(
	context: TriggerContext,
	{ parameters, config }: TriggerConfiguration['buffers'][number],
	{ sendCredentials }: TriggerOptions,
): Promise<ForwardSink> {
	const { place, url, signWith, signWithOptions, forwardAuth: auth } = parameters;
	const { requestOptions = {}, deliveryOptions: { retryOn, finalOn } = {} } = parameters;
	const { output = 'event', columns } = config;
	return forwardSink(context, {
		place,
		at: inBuffer(parameters),
		settings: { ...requestOptions, url, retryOn, finalOn, sendCredentials },
		origin: 'literal',
		auth,
		ssl: parameters.provideSslCertificates === true,
		nodeAuth: parameters.nodeAuth,
		proxyAuth: parameters.proxyAuthentication === true,
		signWith,
		signWithOptions,
		rows: { output, columns },
	});
}
