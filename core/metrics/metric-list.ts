/**
 * What the metrics path of a listener shows, each once: names by the conventions of Prometheus (base units, `_total` for what only
 * rises). Labels are ids, codes of errors and words of closed sets: nothing that a sender chooses. To add one: here, and what reads it
 * (`operate/metric-samples.ts` of a store, `receiver/listener/probes.ts` of a listener, `api/access/refusals.ts` of APIs); docs/listening.md has the same list (a test).
 */

export interface MetricDescription {
	readonly type: 'counter' | 'gauge' | 'summary';
	readonly labels: readonly string[];
	/** One line. */
	readonly help: string;
}

const RECEIVER = ['store', 'receiver'] as const;
const EXPORT = ['store', 'export'] as const;
const STORE = ['store'] as const;

export const METRICS = {
	sluice_build_info: {
		type: 'gauge',
		labels: ['version'],
		help: 'Always 1; the release of Sluice.',
	},
	sluice_listener_connections: {
		type: 'gauge',
		labels: [],
		help: 'Connections to this listener that are open.',
	},
	sluice_listener_connections_refused_total: {
		type: 'counter',
		labels: [],
		help: 'Connections that were closed at once, since as many as may be were open.',
	},
	sluice_listener_certificate_end_timestamp_seconds: {
		type: 'gauge',
		labels: [],
		help: 'When the certificate of this listener ends; absent without TLS.',
	},
	sluice_api_requests_refused_total: {
		type: 'counter',
		labels: ['code'],
		help: 'Requests to REST APIs that were refused, by the code of the error.',
	},
	sluice_receiver_events_total: {
		type: 'counter',
		labels: [...RECEIVER, 'outcome'],
		help: 'Events that were let in: stored, duplicate, replay (of a request), filtered or stale.',
	},
	sluice_receiver_refused_total: {
		type: 'counter',
		labels: [...RECEIVER, 'code'],
		help: 'Requests that were refused, by the code of the error.',
	},
	sluice_receiver_body_bytes_total: {
		type: 'counter',
		labels: RECEIVER,
		help: 'Bytes of the bodies of events that were let in.',
	},
	sluice_receiver_kept_events: {
		type: 'gauge',
		labels: RECEIVER,
		help: 'Events that are kept for replays; absent where none of its exports keeps any.',
	},
	sluice_receiver_kept_bytes: {
		type: 'gauge',
		labels: RECEIVER,
		help: 'Bytes of these events.',
	},
	sluice_receiver_kept_oldest_timestamp_seconds: {
		type: 'gauge',
		labels: RECEIVER,
		help: 'When the oldest of these events came.',
	},
	sluice_export_rows_accepted_total: {
		type: 'counter',
		labels: EXPORT,
		help: 'Rows that were stored, since the export exists.',
	},
	sluice_export_rows_delivered_total: {
		type: 'counter',
		labels: EXPORT,
		help: 'Rows that the destination has taken, since the export exists.',
	},
	sluice_export_rows_dead_total: {
		type: 'counter',
		labels: EXPORT,
		help: 'Rows that were put aside as dead letters, since the export exists.',
	},
	sluice_export_rows_dropped_total: {
		type: 'counter',
		labels: EXPORT,
		help: 'Rows that came while the export was disabled, since it exists.',
	},
	sluice_export_rows_purged_total: {
		type: 'counter',
		labels: EXPORT,
		help: 'Rows that were removed undelivered, since the export exists.',
	},
	sluice_export_events_filtered_total: {
		type: 'counter',
		labels: EXPORT,
		help: 'Events that the filter of the export left out.',
	},
	sluice_export_waiting_rows: {
		type: 'gauge',
		labels: EXPORT,
		help: 'Rows that wait, in no batch yet.',
	},
	sluice_export_waiting_bytes: {
		type: 'gauge',
		labels: EXPORT,
		help: 'Bytes of the rows that wait.',
	},
	sluice_export_oldest_waiting_age_seconds: {
		type: 'gauge',
		labels: EXPORT,
		help: 'How long the oldest row waits; 0 where none does.',
	},
	sluice_export_open_batches: {
		type: 'gauge',
		labels: EXPORT,
		help: 'Batches that the sink has now.',
	},
	sluice_export_retrying_batches: {
		type: 'gauge',
		labels: EXPORT,
		help: 'Batches that wait for their next attempt.',
	},
	sluice_export_dead_rows: {
		type: 'gauge',
		labels: EXPORT,
		help: 'Rows in dead letters.',
	},
	sluice_export_dead_bytes: {
		type: 'gauge',
		labels: EXPORT,
		help: 'Bytes of dead letters.',
	},
	sluice_export_state: {
		type: 'gauge',
		labels: [...EXPORT, 'state'],
		help: '1 for the state the export is in, 0 for the others.',
	},
	sluice_export_requests_total: {
		type: 'counter',
		labels: [...EXPORT, 'outcome'],
		help: 'Requests to the destination: ok or failed, since this process holds the export; a batch to the flow is one.',
	},
	sluice_export_request_bytes_total: {
		type: 'counter',
		labels: EXPORT,
		help: 'Bytes of the bodies of these requests.',
	},
	sluice_export_request_duration_seconds: {
		type: 'summary',
		labels: EXPORT,
		help: 'How long these requests took; quantiles of the last three hours.',
	},
	sluice_store_up: {
		type: 'gauge',
		labels: STORE,
		help: '1 while the store answers, else 0.',
	},
	sluice_store_degraded: {
		type: 'gauge',
		labels: STORE,
		help: '1 while the store warns of something, else 0.',
	},
	sluice_store_disk_bytes: {
		type: 'gauge',
		labels: STORE,
		help: 'Bytes of the store on its disk.',
	},
	sluice_store_free_bytes: {
		type: 'gauge',
		labels: STORE,
		help: 'Bytes that are free on the disk of the store, where it is on this machine.',
	},
	sluice_store_min_free_bytes: {
		type: 'gauge',
		labels: STORE,
		help: 'Pushes are refused while less is free.',
	},
	sluice_store_missing_rows_total: {
		type: 'counter',
		labels: STORE,
		help: 'Acknowledged rows that were missing when the store was opened.',
	},
	sluice_store_quarantined_rows_total: {
		type: 'counter',
		labels: STORE,
		help: 'Rows that were put into quarantine, since their place on the disk was damaged.',
	},
	sluice_metrics_left_out: {
		type: 'gauge',
		labels: STORE,
		help: 'Receivers and exports beyond the 1,000 of each that are shown.',
	},
} as const satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof METRICS;

/** Receivers, and exports, of a store that are shown; by id. */
export const MAX_SHOWN = 1_000;
