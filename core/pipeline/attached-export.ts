import type { LatestEvent } from '../buffer/latest';
import {
	UNMAPPED_REVISION,
	type AppendedEvent,
	type AppendedLetter,
	type DedupeKey,
	type Row,
} from '../buffer/store';
import { locatedError } from '../error-place';
import { CoreError } from '../errors';
import { encodeEvent } from '../event/codec';
import type { Event } from '../event/event';
import { compileFilter } from '../mapping/filter';
import { createRowRenderer, type RenderedRow } from '../mapping/render-row';
import { sequenceKeyReader } from '../mapping/sequence-key';
import type { Exchange } from '../sink/exchange';
import type { Sink } from '../sink/sink';
import type { Writable } from '../pure/writable';
import { fullExportId, LATEST_PATHS, type ExportConfig } from '../config';
import type { KeptIn } from './kept-export';

/** What one event becomes in one export. */
export type Rendered = { readonly row: Row } | { readonly row: Row; readonly error: CoreError };

/** Makes a sink that shows its requests. */
export type TrialSink = (onExchange: (exchange: Exchange) => void) => Sink | undefined;

/** An export that a pipeline holds: its compiled mapping and, once the store knows it, its mapping revision. */
export interface AttachedExport {
	readonly id: string;
	readonly config: ExportConfig;
	readonly sink: Sink | undefined;
	/** Another sink of the same configuration, whose requests are shown; undefined where there is none. @throws ConfigError as createSink */
	readonly trialSink: TrialSink | undefined;
	/** Its sink is more than the flow of this host. */
	readonly isEndpoint: boolean;
	/** Where its batches go, as it may be shown. */
	readonly destination: string | undefined;
	/** It only delivers what it has. */
	readonly isDraining: boolean;
	/** Set when the store has the export. */
	mappingRevision: number;
	/** Where the events are kept that it takes, once the store knows that; absent: nowhere. */
	keptIn?: KeptIn | undefined;
	/** undefined: the filter leaves the event out. @throws CoreError where onMappingError is reject */
	render(event: Event): Rendered | undefined;
}

/** What `Store.append` takes of an event that was rendered in its exports. */
export function toAppended(
	rendered: readonly Rendered[],
	dedupeKeys: readonly DedupeKey[] = [],
	latest?: LatestEvent,
): AppendedEvent {
	const rows: Row[] = [];
	const dead: AppendedLetter[] = [];
	for (const one of rendered) {
		if ('error' in one) dead.push({ rows: [one.row], error: one.error });
		else rows.push(one.row);
	}
	const event: Writable<AppendedEvent> = { rows };
	if (dead.length > 0) event.dead = dead;
	if (dedupeKeys.length > 0) event.dedupeKeys = dedupeKeys;
	if (latest !== undefined) event.latest = latest;
	return event;
}

/** Compiles the export; pure, and throws what is wrong with its columns and its filter. */
export function compileExport(
	config: ExportConfig,
	sink: Sink | undefined,
	o: {
		readonly isDraining?: boolean;
		readonly isEndpoint?: boolean;
		readonly destination?: string | undefined;
		readonly trialSink?: TrialSink | undefined;
	} = {},
): AttachedExport {
	const renderRow = createRowRenderer(config);
	const takes = compileFilter(config.filter, LATEST_PATHS);
	const keyOf = sequenceKeyReader(config.orderKeyPath);
	const id = fullExportId(config);
	return {
		id,
		config,
		sink,
		trialSink: o.trialSink,
		isEndpoint: o.isEndpoint ?? true,
		destination: o.destination,
		isDraining: o.isDraining ?? false,
		mappingRevision: 0,
		render(event) {
			const rowOf = (mappingRevision: number, { payload, sizeBytes }: RenderedRow): Row => {
				const sequenceKey = keyOf(event);
				const { id: eventId, receivedAt, operation } = event;
				const row = { exportId: id, eventId, receivedAt, mappingRevision, payload, sizeBytes };
				if (sequenceKey === undefined && operation !== 'delete') return row;
				return {
					...row,
					...(sequenceKey === undefined ? {} : { sequenceKey }),
					...(operation === 'delete' ? { operation } : {}),
				};
			};
			try {
				if (!takes(event)) return undefined;
				return { row: rowOf(this.mappingRevision, renderRow(event)) };
			} catch (error) {
				// A body that a template cannot read counts as well: the sender did its part, the mapping did not fit.
				if (config.onMappingError === 'reject' || !(error instanceof CoreError)) throw error;
				const payload = encodeEvent(event);
				const row = rowOf(UNMAPPED_REVISION, { payload, sizeBytes: payload.length });
				return { row, error: locatedError(error) };
			}
		},
	};
}
