import type { NodeAPI } from 'node-red';
import {
	compileMapping,
	ConfigError,
	createSink,
	fullExportId,
	jsonText,
	MappingError,
	settleBySink,
	settleToken,
	tokenState,
	withoutCredentials,
	type Column,
	type GivenBatch,
	type SinkConfig,
} from '../../core/index';
import { nodeLogger } from './attach';
import type { BatchInfo, BatchMessage } from './batch-message';
import { workRows } from './batch-rows';
import type { DestinationPorts, Starting } from './own-buffer';
import { rowEvent } from './row-events';
import type { Delivered } from './take-batches';

type ToSink = Starting & {
	readonly label: string;
	readonly sink: SinkConfig;
	readonly ports: DestinationPorts;
	/** Of the node; absent: rows are what the batch has, with its columns. */
	readonly columns: readonly Column[] | undefined;
	/** Its rows cannot go there without columns. */
	readonly needsColumns: boolean;
	/** Hears how many rows of a batch are there. */
	readonly delivered: (rows: number) => void;
};

/**
 * A sink for batches that wait for their settlement: each is delivered as a whole, under its own key, and settled by what became of it.
 * They go there one after the other, in the order in which they came, since a later one may take the place of an earlier one.
 */
export function startBatchSink(
	o: ToSink,
): (message: BatchMessage, token: string) => Promise<Delivered> {
	const { RED, node, label, ports, columns, onClose } = o;
	// Beside the export that the node has for messages: files of the two are no common ones.
	const exportId = fullExportId({ receiverId: `items:${node.id}`, id: 'batches' });
	const sink = createSink(
		o.sink,
		{ ...ports, who: { exportId, label }, logger: nodeLogger(node) },
		'',
	);
	const rowsOf = rowReader(RED, columns);
	const closing = new AbortController();
	onClose(async () => {
		closing.abort();
		await tail.catch(() => {});
		await sink.close?.();
	});
	sink.start?.();
	let tail: Promise<unknown> = Promise.resolve();
	const deliver = async (message: BatchMessage, token: string): Promise<Delivered> => {
		const state = tokenState(token);
		if (state !== 'open') return state === 'again' ? 'late' : 'untold';
		const info = message.sluice as BatchInfo;
		const known = columns ?? columnsOf(info);
		if (o.needsColumns && !known) return refuse(token, info);
		const given = givenBatch(info, rowsOf(message), { exportId, known });
		const { outcome, isSettled } = await settleBySink(sink, token, given, {
			signal: closing.signal,
		});
		const isLate = !isSettled && tokenState(token) === 'again';
		if (outcome.kind === 'ack' || outcome.kind === 'split') {
			if (!isLate) o.delivered(given.rows.length);
			return isLate ? 'deliveredLate' : 'delivered';
		}
		if (outcome.kind === 'release') return 'late';
		// The error is told by whoever settles the batch, or once the own buffer has tried.
		if (isSettled) throw outcome.error;
		return isLate ? 'late' : 'untold';
	};
	return (message, token) => {
		const turn = tail.then(() => deliver(message, token));
		tail = turn.catch(() => {});
		return turn;
	};
}

type RowsOf = Pick<GivenBatch, 'rows' | 'positions' | 'isPart'>;

/** What a node reads of a message: its rows as JSON. A row for which that fails is put aside alone. */
function rowReader(
	RED: NodeAPI,
	columns: readonly Column[] | undefined,
): (message: BatchMessage) => RowsOf {
	const mapping = columns && compileMapping({ columns });
	const read = (row: unknown): string =>
		jsonText(mapping ? mapping.renderRecord(rowEvent(RED, row, false)) : recordOf(row));
	return (message) => {
		const worked = workRows(message, read);
		if (worked) {
			message.payload = worked.rows;
			return { rows: worked.values, positions: message.sluice?.positions, isPart: false };
		}
		const { payload } = message;
		return { rows: (Array.isArray(payload) ? payload : [payload]).map(read), isPart: true };
	};
}

function recordOf(row: unknown): unknown {
	if (
		typeof row === 'object' &&
		row !== null &&
		!Array.isArray(row) &&
		!(row instanceof Uint8Array)
	)
		return withoutCredentials(row);
	throw new MappingError('ERR_COLUMN_VALUE', 'a row is no object, and so has no columns');
}

function givenBatch(
	info: BatchInfo,
	rows: RowsOf,
	o: {
		readonly exportId: string;
		readonly known: readonly Column[] | undefined;
	},
): GivenBatch {
	const { batchId: id, attempt, firstAt, lastAt, reason, idempotencyKey } = info;
	return {
		...{ id, exportId: o.exportId, attempt, reason, idempotencyKey },
		...{ firstAt: Date.parse(firstAt), lastAt: Date.parse(lastAt) },
		...(o.known ? { columns: o.known } : {}),
		...rows,
	};
}

/** Of the records of a batch, as the buffer has told them; the flow may have made something else of that. */
function columnsOf({ columns, primaryKey }: BatchInfo): readonly Column[] | undefined {
	if (!isNames(columns) || columns.length === 0) return undefined;
	const keys = isNames(primaryKey) ? primaryKey : [];
	return columns.map((name) => ({
		...({ type: 'path', name } as const),
		...(keys.includes(name) ? { primaryKey: true } : {}),
	}));
}

function isNames(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

/** Its buffer is paused, so that no row is lost until somebody has changed something. */
function refuse(token: string, { buffer }: BatchInfo): never {
	const error = new ConfigError(
		'data',
		`fields or columns, here or in the buffer ${JSON.stringify(buffer)}: its batches have whole events, which have no columns`,
	);
	settleToken(token, { kind: 'retry', pause: true, error });
	throw error;
}
