import { fullExportId, type ExportConfig } from '../config';
import { redactUrl } from '../pure/redact-url';
import { withApiReach, type ApiReach } from '../sink/api-reach';
import { checkRows, createSink, type SinkConfig } from '../sink/create-sink';
import type { Sink } from '../sink/sink';
import type { DeliveryRules, RowsToSend, SinkPorts } from '../sink/sink-kind';
import type { TrialSink } from './attached-export';
import type { ExportInput } from './parse-export';

/** An export, and where its batches go. */
export interface ExportWithSink {
	readonly config: ExportInput;
	/** None: its rows are kept and wait for who attaches it with one (n8n's webhook processes). */
	readonly sink?: SinkConfig | undefined;
	readonly ports?: ExportPorts | undefined;
	/** It delivers what it has, takes nothing new, and is gone when it is empty. */
	readonly removing?: 'drain' | undefined;
	/** Revision of its definition that whoever changes it has seen; absent: whatever there is. */
	readonly ifRevision?: number | undefined;
}

/** What the holder of an export gives to its sink; clock and logger are those of the pipeline. */
export interface ExportPorts extends Pick<
	SinkPorts,
	'flow' | 'databases' | 'directories' | 'resolveSecret' | 'openSecret' | 'transport'
> {
	/** Of an export that was made over an API; default: nothing but public addresses over https. */
	readonly reach?: ApiReach | undefined;
	/** In the place of the one that `sink` describes: for tests. */
	readonly sink?: Sink | undefined;
}

/** Of an export what its sink has to know. */
type SunkExport = RowsToSend &
	Required<DeliveryRules> &
	Pick<ExportConfig, 'id' | 'receiverId' | 'label' | 'origin'>;

/** @throws ConfigError as createSink, and where no row of the export could be written */
export function sinkFor(
	{ sink, ports = {} }: Pick<ExportWithSink, 'sink' | 'ports'>,
	export_: SunkExport,
	o: Pick<SinkPorts, 'clock' | 'logger' | 'onExchange'>,
): Sink | undefined {
	if (ports.sink) return ports.sink;
	if (sink === undefined) return undefined;
	checkRows(sink, export_);
	const { order, maxInFlight, label, origin } = export_;
	const who = { exportId: fullExportId(export_), label };
	const bounded = origin === 'api' ? withApiReach(sink, ports.reach) : sink;
	return createSink(bounded, { ...ports, ...o, who, rules: { order, maxInFlight } });
}

/** Where batches go, as people may see it; undefined for what has no address. */
export function destinationOf(sink: SinkConfig | undefined): string | undefined {
	if (sink?.kind === 'table') return `${sink.database}: ${sink.table}`;
	if (sink?.kind === 'files') return sink.directory;
	if (!sink || !('url' in sink)) return undefined;
	const { url } = sink;
	return typeof url === 'string' ? redactUrl(url) : url.shown;
}

/** Other sinks of the same configuration, for trials. */
export function trialSinkOf(
	given: Pick<ExportWithSink, 'sink' | 'ports'>,
	export_: SunkExport,
	o: Pick<SinkPorts, 'clock' | 'logger'>,
): TrialSink | undefined {
	if (given.ports?.sink || given.sink === undefined) return undefined;
	return (onExchange) => sinkFor(given, export_, { ...o, onExchange });
}
