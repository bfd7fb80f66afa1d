import {
	ACK_TIMEOUT_MS,
	ConfigError,
	inSeconds,
	NODE_CONDITIONS,
	parseRetry,
	type Column,
	type ExportInput,
	type SinkConfig,
} from '../../core/index';

/** A buffer as the dialogs save it (node-red/README.md); numbers may be digit strings. */
export interface BufferSettings {
	readonly id: string;
	readonly label?: string;
	readonly data?: 'event' | 'fields' | 'columns';
	readonly fields?: readonly { readonly name: string; readonly path: string }[];
	readonly columns?: readonly Column[];
	readonly count?: number | string;
	readonly time?: string;
	readonly size?: string;
	readonly done?: 'auto' | 'sent' | 'acked';
	readonly ackTimeoutSeconds?: number | string;
	/** Pauses before the next attempts, e.g. `5s, 5m, 2h`; empty: the default schedule. */
	readonly retryDelays?: string;
	readonly onMappingError?: 'reject' | 'dead';
	/** How numbers arrive in the flow that JavaScript would round. */
	readonly numbers?: 'double' | 'text';
}

/** The core's configuration of a saved buffer. What core checks is not checked here. */
export function exportInput(receiverId: string, buffer: BufferSettings): ExportInput {
	const columns = columnsOf(buffer);
	return {
		id: buffer.id,
		receiverId,
		label: buffer.label || buffer.id,
		...(columns ? { columns } : {}),
		output: columns ? 'record' : 'event',
		conditions: {
			count: numberOf(buffer.count ?? NODE_CONDITIONS.count, 'count'),
			time: buffer.time ?? NODE_CONDITIONS.time,
			size: buffer.size ?? NODE_CONDITIONS.size,
		},
		retry: parseRetry(buffer.retryDelays, 'retryDelays'),
		onMappingError: buffer.onMappingError ?? 'reject',
	};
}

/** Picked fields are `path` columns; whole events have none. */
export function columnsOf(
	settings: Pick<BufferSettings, 'data' | 'fields' | 'columns'>,
): readonly Column[] | undefined {
	if (settings.data === 'columns') return settings.columns ?? [];
	if (settings.data === 'fields') {
		return (settings.fields ?? []).map(({ name, path }) => ({ type: 'path', name, path }));
	}
	return undefined;
}

/** How batches of a buffer go into the flow. @throws ConfigError for an ack timeout outside 1 s … 24 h */
export function flowSink(
	settings: Pick<BufferSettings, 'ackTimeoutSeconds' | 'numbers'>,
): SinkConfig<'flow'> {
	const seconds = numberOf(
		settings.ackTimeoutSeconds ?? inSeconds(ACK_TIMEOUT_MS).fallback,
		'ackTimeoutSeconds',
	);
	// Here, since the dialog counts in seconds.
	const { min, max } = inSeconds(ACK_TIMEOUT_MS);
	if (!(seconds >= min && seconds <= max)) {
		throw new ConfigError('ackTimeoutSeconds', `a number from ${min} to ${max}`, seconds);
	}
	return {
		kind: 'flow',
		ackTimeoutMs: Math.round(seconds * 1000),
		numbers: settings.numbers ?? 'double',
	};
}

/** A number that a dialog may have saved as text; what is no number is left for the check that names the bound. */
export function numberOf(value: number | string, path: string): number {
	const number = typeof value === 'number' ? value : value.trim() === '' ? NaN : Number(value);
	if (Number.isNaN(number)) throw new ConfigError(path, 'a number', value);
	return number;
}
