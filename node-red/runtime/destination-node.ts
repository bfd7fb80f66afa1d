import type { NodeMessage } from 'node-red';
import {
	ConfigError,
	inOrder,
	toColumns,
	toExport,
	type BufferSettings,
	type Column,
	type Event,
	type SettingPath,
	type SinkConfig,
} from '../../core/index';
import type { BatchMessage } from './batch-message';
import { startBatchSink } from './batch-sink';
import { feedFault } from './feeding';
import type { FeedingBuffer } from './feeding-buffers';
import { itemEvent } from './item-event';
import { keptPart, keptSetting, type Kept } from './kept-part';
import {
	attachOwnBuffer,
	type DestinationPorts,
	type OwnBuffer,
	type Starting,
} from './own-buffer';
import { rowEvents } from './row-events';
import { deliveryReport, translator } from './status';
import { takeBatches } from './take-batches';
import { offerTest } from './test-route';

/** Of nodes that bring rows somewhere, as their dialogs save it. */
export interface DestinationSettings extends Omit<BufferSettings, 'data'> {
	/** batch (default): rows are what the batch has. */
	readonly data?: 'batch' | 'fields' | 'columns';
	/** Of messages that are no batch. */
	readonly keep?: Kept;
	readonly store?: string;
}

/** What rows a destination takes. */
export interface Rows {
	/** Of the node; absent: those of each batch. */
	readonly columns: readonly Column[] | undefined;
	/** Of its own buffer; absent where it can have none, since nobody knows what columns a message has. */
	readonly output: 'record' | 'event' | undefined;
}

/** @param needsColumns whole events cannot go there @throws ConfigError naming the dialog's field */
export function rowsOf(settings: DestinationSettings, needsColumns: boolean): Rows {
	const { data = 'batch' } = settings;
	if (data === 'batch') return { columns: undefined, output: needsColumns ? undefined : 'event' };
	const columns = toColumns({ ...settings, data });
	const counted = columns?.find(({ type }) => type === 'id');
	if (counted)
		throw new ConfigError(
			data,
			'no number of the row, which only the buffer that sends it counts: take it from there by its name',
			counted.name,
		);
	return { columns, output: 'record' };
}

/**
 * A node that brings rows to a sink. Batches that wait for their settlement are delivered as a whole and settled by what became of
 * them; other messages go into its own buffer, on disk, and from there.
 *
 * @param o.needsOrder whether a row of a buffer may take the place of an earlier one
 */
export function startDestination(
	o: Starting & {
		readonly settings: DestinationSettings;
		readonly label: string;
		readonly sink: SinkConfig;
		readonly ports: DestinationPorts;
		readonly rows: Rows;
		readonly needsOrder: (buffer: FeedingBuffer) => boolean;
		readonly ofDialog: <T>(work: () => T) => T;
		readonly at: SettingPath;
	},
): void {
	const { RED, node, settings, rows } = o;
	const keep = keptSetting(settings.keep);
	const fault = feedFault(o);
	const own = rows.output && ownBuffer(o, fault.text);
	const report =
		own?.line ?? deliveryReport(o.status, { fault: fault.text, translate: translator(RED) });
	fault.onChange(() => report.refresh());
	o.onClose(
		offerTest(
			RED,
			node,
			own?.test ??
				(() => {
					throw new ConfigError(
						'data',
						'fields or columns: an event alone has no columns to be tested with',
					);
				}),
		),
	);
	const deliver = o.ofDialog(() =>
		startBatchSink({
			...o,
			columns: rows.columns,
			needsColumns: rows.output === undefined,
			delivered: (n) => report.delivered(n),
		}),
	);
	if (!own) report.refresh();
	takeBatches(node, report, {
		deliver,
		async keep(message) {
			if (!own)
				throw new ConfigError(
					'data',
					'fields or columns: only a batch that waits for its settlement has columns of its own, and this message is none',
				);
			await own.add(eventsOf(o, message, keep));
		},
	});
}

function ownBuffer(
	o: Parameters<typeof startDestination>[0],
	fault: () => string | undefined,
): OwnBuffer {
	const { node, settings, label, at } = o;
	const { onMappingError = 'dead', data } = settings;
	const input = toExport(
		{ id: 'main', receiverId: `items:${node.id}`, label },
		inOrder({
			...settings,
			data: data === 'fields' || data === 'columns' ? data : 'event',
			// Whoever sent an event of a batch has been answered long ago: it waits, alone, until the columns fit.
			onMappingError,
		}),
		at,
	);
	return attachOwnBuffer({ ...o, input, storeId: settings.store, fault });
}

/** What is kept of a message: each element of a list is a row, of batches and of other messages. */
function eventsOf(
	{ RED }: Pick<Starting, 'RED'>,
	message: BatchMessage,
	keep: Kept,
): readonly Event[] {
	const rows = rowEvents(RED, message, false);
	if (rows) return rows;
	const { payload } = message as NodeMessage;
	const parts = Array.isArray(payload) ? payload : [payload];
	return parts.map((part: unknown) => itemEvent(RED, message, keptPart(message, keep, part)));
}
