import {
	ConfigError,
	inOrder,
	MAX_LABEL_LENGTH,
	toExport,
	toFlowContent,
	type AuthConfig,
	type Column,
	type DataSettings,
	type ExportInput,
	type FlowContentConfig,
	type FlowSettings,
	type SettingPath,
	type TableSettings,
	type SinkKindName,
} from '../../core/index';
import type { DatabaseParameters } from './table-database';
import { TABLE_OPTIONS, type TableOptions } from './table-options';
import { DATASET_OPTIONS, type DatasetOptions } from './dataset-options';
import { FILE_OPTIONS, type FileOptions } from './files-options';
import { DELIVERY_OPTIONS, deliverySettings, type DeliveryOptions } from './delivery-options';
import { FILTER_OPTIONS, filterSettings, type FilterOptions } from './filter-options';
import { authKindOf } from './forward-auth';
import type { RequestOptions } from './request-options';
import { PROXY_PARAMETER } from './proxy-authentication';
import { SSL_PARAMETER } from './ssl-certificates';
import { SINK_OPTIONS } from './sink-texts';

/** A buffer as the Trigger's parameters give it, alone or as one of several. */
export interface BufferParameters {
	/** Before the names of its parameters, for messages: empty, or `buffers[1].` */
	readonly place: string;
	readonly name: string;
	readonly flushCount: number;
	readonly flushSeconds: number;
	readonly data: 'event' | 'fields' | 'columns';
	readonly fields?: { readonly values?: DataSettings['fields'] };
	readonly columns?: { readonly values?: readonly ColumnParameters[] };
	/** Kind of the destination. */
	readonly then: SinkKindName;
	/** Of the workflow. */
	readonly batchAs?: FlowSettings['batchAs'];
	readonly batchFormat?: FlowSettings['batchFormat'];
	readonly batchCsvHeader?: boolean;
	readonly url?: string;
	readonly domain?: string;
	readonly dataset?: string;
	readonly datasetOptions?: DatasetOptions;
	/** Of a table. */
	readonly database?: DatabaseParameters['database'];
	readonly databaseFile?: string;
	readonly table?: string;
	readonly primaryKey?: string;
	readonly columnTypes?: { readonly values?: TableSettings['columnTypes'] };
	readonly tableOptions?: TableOptions;
	/** Of files. */
	readonly directory?: string;
	readonly fileOptions?: FileOptions;
	/** A scheme, or `none`. */
	readonly signWith?: string;
	readonly signWithOptions?: object;
	/** How it authenticates at the URL. */
	readonly forwardAuth?: AuthConfig['kind'] | undefined;
	/** Whether it uses certificates of a credential. */
	readonly provideSslCertificates?: boolean;
	/** How the node authenticates at its URLs, be it at this one or not. */
	readonly nodeAuth?: AuthConfig['kind'] | undefined;
	/** Whether its proxy is given the user of a credential. */
	readonly proxyAuthentication?: boolean;
	readonly filter?: FilterOptions;
	readonly requestOptions?: RequestOptions;
	readonly deliveryOptions?: DeliveryOptions;
}

/** Says whether it uses the credentials of the node. */
type OneOfSeveral = BufferParameters & {
	readonly authenticates?: boolean;
	readonly usesSslCertificates?: boolean;
	readonly usesProxyAuthentication?: boolean;
};

export interface ColumnParameters {
	readonly name: string;
	readonly type: Column['type'];
	readonly path?: string;
	readonly defaultValue?: string;
	readonly template?: string;
}

/** Options of the Trigger that hold for all of its buffers. */
export interface BufferOptions {
	readonly size?: string;
	readonly idle?: string;
	readonly onMappingError?: 'reject' | 'dead';
	readonly keepDays?: number;
	readonly keepGb?: number;
}

/** 1 to 20 buffers, from either form of the parameters. @throws ConfigError for a name that is missing or given twice, and a *then* that is none */
export function buffersOf(parameters: Readonly<Record<string, unknown>>): BufferParameters[] {
	const several = parameters['severalBuffers'] === true;
	const { values = [] } = (parameters['buffers'] ?? {}) as { values?: OneOfSeveral[] };
	const forwardAuth = authKindOf(parameters['forwardAuth']);
	const hasSsl = parameters[SSL_PARAMETER] === true;
	const hasProxyUser = parameters[PROXY_PARAMETER] === true;
	const name = parameters['bufferName'];
	const given = Object.entries(parameters).filter(([, value]) => value !== null);
	const single = {
		...Object.fromEntries(given),
		place: '',
		name,
		forwardAuth,
		nodeAuth: forwardAuth,
		[SSL_PARAMETER]: hasSsl,
		[PROXY_PARAMETER]: hasProxyUser,
	};
	const buffers = several
		? values.map((one, index) => ({
				...one,
				place: `buffers[${index}].`,
				forwardAuth: one.authenticates === true ? forwardAuth : undefined,
				nodeAuth: forwardAuth,
				[SSL_PARAMETER]: hasSsl && one.usesSslCertificates === true,
				[PROXY_PARAMETER]: hasProxyUser && one.usesProxyAuthentication === true,
			}))
		: [single as unknown as BufferParameters];
	if (buffers.length === 0) throw new ConfigError('buffers', 'at least one buffer');
	const names = buffers.map((one) => one.name);
	for (const [index, { place, name: own, then }] of buffers.entries()) {
		const at = several ? `${place}name` : 'bufferName';
		if (typeof own !== 'string' || own.trim() === '' || own.includes('/')) {
			throw new ConfigError(at, 'a name without /', own);
		}
		if (names.indexOf(own) !== index) {
			throw new ConfigError(at, 'a name that no other buffer of this node has', own);
		}
		const kinds: readonly string[] = SINK_OPTIONS.map(({ value }) => value);
		if (!kinds.includes(then)) {
			throw new ConfigError(`${place}then`, `one of ${kinds.join(', ')}`, then);
		}
	}
	return buffers;
}

/** Where a row takes the place of an earlier one. */
const IN_ORDER: readonly SinkKindName[] = ['opendatasoft', 'table'];

/** How the dialog calls what is not of the same name in core. */
const NAMES: Readonly<Record<string, string>> = { count: 'flushCount', time: 'flushSeconds' };
const OF_THE_NODE: readonly string[] = [
	...['size', 'idle', 'onMappingError', 'keepDays', 'keepGb', 'numbers', 'sendCredentials'],
];
const OF_THE_BUFFER: readonly string[] = [
	...['url', 'domain', 'dataset', 'directory', 'data', 'fields', 'columns'],
	...['batchAs', 'batchFormat', 'batchCsvHeader'],
	...['database', 'databaseFile', 'table', 'primaryKey', 'columnTypes'],
];

/** How the dialog of a buffer calls a setting. */
export function inBuffer({ place, then }: Pick<BufferParameters, 'place' | 'then'>): SettingPath {
	return (name) => {
		if (OF_THE_NODE.includes(name)) return `options.${name}`;
		if (FILTER_OPTIONS.includes(name)) return `${place}filter.${name}`;
		if (DELIVERY_OPTIONS.includes(name)) return `${place}deliveryOptions.${name}`;
		if (then === 'opendatasoft' && DATASET_OPTIONS.includes(name))
			return `${place}datasetOptions.${name}`;
		if (then === 'table' && TABLE_OPTIONS.includes(name)) return `${place}tableOptions.${name}`;
		if (FILE_OPTIONS.includes(name)) return `${place}fileOptions.${name}`;
		const own = NAMES[name];
		if (own !== undefined || OF_THE_BUFFER.includes(name)) return `${place}${own ?? name}`;
		return `${place}requestOptions.${name}`;
	};
}

/**
 * The core's configuration of one buffer.
 *
 * @param holder workflow and node, for people
 * @throws ConfigError naming parameter and bound
 */
export function exportInput(
	receiverId: string,
	buffer: BufferParameters,
	options: BufferOptions,
	holder: string,
): ExportInput {
	const {
		name,
		data,
		then,
		flushCount: count,
		flushSeconds,
		filter = {},
		deliveryOptions = {},
	} = buffer;
	const at = inBuffer(buffer);
	// The end of the label is what tells buffers of the same name apart for people.
	const label = `${holder} / ${name}`.slice(-MAX_LABEL_LENGTH);
	const { size, idle, onMappingError, keepDays, keepGb } = options;
	return toExport(
		{ id: name, receiverId, label },
		{
			...filterSettings(filter, at),
			...deliverySettings(IN_ORDER.includes(then) ? inOrder(deliveryOptions) : deliveryOptions),
			count,
			time: `${flushSeconds}s`,
			size: size || undefined,
			idle,
			onMappingError,
			keepDays,
			keepGb,
			data,
			fields: buffer.fields?.values,
			columns: data === 'columns' ? columnsOf(buffer.columns?.values, at('columns')) : undefined,
		},
		at,
	);
}

/** What of a batch starts the workflow. @throws ConfigError naming parameter and bound */
export function flowContentOf(
	buffer: BufferParameters,
	{ numbers }: Pick<FlowSettings, 'numbers'>,
): FlowContentConfig {
	// A destination that is no flow has none of it.
	if (buffer.then !== 'flow') return {};
	const { data, batchAs, batchFormat, batchCsvHeader } = buffer;
	const settings = { data, batchAs, batchFormat, batchCsvHeader, numbers };
	return toFlowContent(settings, inBuffer(buffer));
}

/** @param place of the list, for messages. @throws ConfigError for a template that n8n would take for an expression */
export function columnsOf(
	values: readonly ColumnParameters[] = [],
	place: string,
): readonly Column[] {
	return values.map((one, index) => columnOf(one, `${place}[${index}]`));
}

/** Keeps of the form's fields what the column's type has; an empty default is none. */
function columnOf(
	{ name, type, path, defaultValue, template }: ColumnParameters,
	place: string,
): Column {
	if (type === 'template') {
		const content = template ?? '';
		if (content.startsWith('=')) {
			throw new ConfigError(
				`${place}.template`,
				'a template that does not begin with "=" (n8n takes that for an expression)',
			);
		}
		return { type, name, template: { language: 'jsonnet', content } };
	}
	if (type !== 'path') return { type, name };
	return {
		type,
		name,
		path: path ?? '',
		...(defaultValue ? { defaultValue, rawString: true } : {}),
	};
}
