import {
	ConfigError,
	MAX_LABEL_LENGTH,
	NODE_CONDITIONS,
	parseRetry,
	type Column,
	type ExportInput,
} from '../../core/index';
import { asksForCredential } from './credentials';

/** A buffer as the Trigger's parameters give it, alone or as one of several. */
export interface BufferParameters {
	readonly name: string;
	readonly flushCount: number;
	readonly flushSeconds: number;
	readonly data: 'event' | 'fields' | 'columns';
	readonly fields?: {
		readonly values?: readonly { readonly name: string; readonly path: string }[];
	};
	readonly columns?: { readonly values?: readonly ColumnParameters[] };
	readonly then: 'workflow' | 'forward';
	readonly url?: string;
	/** A scheme, or `none`. */
	readonly signWith?: string;
	readonly signWithOptions?: object;
	/** Whether the header of the node's credential is sent along. */
	readonly sendHeader?: boolean;
}

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
	readonly onMappingError?: 'reject' | 'dead';
	readonly retryDelays?: string;
}

/** 1 to 20 buffers, from either form of the parameters. @throws ConfigError for a name that is missing or given twice */
export function buffersOf(parameters: Readonly<Record<string, unknown>>): BufferParameters[] {
	const several = parameters['severalBuffers'] === true;
	const { values = [] } = (parameters['buffers'] ?? {}) as { values?: BufferParameters[] };
	const hasHeader = asksForCredential('forwardHeader', parameters['forwardHeader'], 'none');
	const single = { ...parameters, name: parameters['bufferName'], sendHeader: hasHeader };
	const buffers = several
		? values.map((one) => ({ ...one, sendHeader: hasHeader && one.sendHeader === true }))
		: [single as unknown as BufferParameters];
	if (buffers.length === 0) throw new ConfigError('buffers', 'at least one buffer');
	for (const [index, { name }] of buffers.entries()) {
		if (typeof name !== 'string' || name.trim() === '' || name.includes('/')) {
			throw new ConfigError(`buffers[${index}].name`, 'a name without /', name);
		}
		if (buffers.findIndex((other) => other.name === name) !== index) {
			throw new ConfigError(
				`buffers[${index}].name`,
				'a name that no other buffer of this node has',
				name,
			);
		}
	}
	return buffers;
}

/**
 * The core's configuration of one buffer. What core checks is not checked here.
 *
 * @param holder workflow and node, for people
 */
export function exportInput(
	receiverId: string,
	buffer: BufferParameters,
	options: BufferOptions,
	holder: string,
): ExportInput {
	const columns = columnsOf(buffer);
	return {
		id: buffer.name,
		receiverId,
		// What tells buffers of the same name apart for people.
		label: `${holder} / ${buffer.name}`.slice(-MAX_LABEL_LENGTH),
		...(columns ? { columns } : {}),
		output: columns ? 'record' : 'event',
		conditions: {
			count: buffer.flushCount,
			time: `${buffer.flushSeconds}s`,
			size: options.size || NODE_CONDITIONS.size,
		},
		retry: parseRetry(options.retryDelays, 'options.retryDelays'),
		onMappingError: options.onMappingError ?? 'reject',
	};
}

/** Picked fields are `path` columns; whole events have none. */
export function columnsOf(
	buffer: Pick<BufferParameters, 'data' | 'fields' | 'columns'>,
): readonly Column[] | undefined {
	if (buffer.data === 'fields') {
		return (buffer.fields?.values ?? []).map(({ name, path }) => ({ type: 'path', name, path }));
	}
	return buffer.data === 'columns' ? (buffer.columns?.values ?? []).map(columnOf) : undefined;
}

/** Keeps of the form's fields what the column's type has; an empty default is none. */
export function columnOf({ name, type, path, defaultValue, template }: ColumnParameters): Column {
	if (type === 'template') {
		const content = template ?? '';
		if (content.startsWith('=')) {
			throw new ConfigError(
				`columns "${name}"`,
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
