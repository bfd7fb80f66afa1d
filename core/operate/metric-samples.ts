import { storeConditions } from '../alerts/store-conditions';
import type { StoreStats } from '../buffer/store';
import { MAX_SHOWN } from '../metrics/metric-list';
import type { Sample } from '../metrics/prometheus-text';
import type { HeldReceiver } from '../pipeline/held';
import type { ExportSnapshot } from './export-snapshot';
import type { Snapshot } from './snapshot';

const STATES = ['ACTIVE', 'PAUSED', 'USER_DISABLED', 'SYSTEM_DISABLED'] as const;

type Labels = Readonly<Record<string, string>>;
type Value = readonly [name: Sample['name'], value: number | undefined, labels?: Labels];

/**
 * Numbers of a store and of what this process does with it. Exports that another process holds are left out, which tells of them itself:
 * added up over processes each row counts once. Pure.
 */
export function metricSamples(snapshot: Snapshot): Sample[] {
	const store = { store: snapshot.store.storeId };
	const receivers = inOrder(snapshot.receivers, ({ id }) => id);
	const exports = inOrder(
		snapshot.exports.filter(({ heldElsewhere }) => heldElsewhere === undefined),
		({ exportId }) => exportId,
	);
	const leftOut =
		Math.max(0, receivers.length - MAX_SHOWN) + Math.max(0, exports.length - MAX_SHOWN);
	return [
		...receivers.slice(0, MAX_SHOWN).flatMap((one) => ofReceiver(one, store)),
		...ofKept(exports.slice(0, MAX_SHOWN), store),
		...exports.slice(0, MAX_SHOWN).flatMap((one) => ofExport(one, store, snapshot.at)),
		...samples(ofStore(snapshot.store), store),
		...samples([['sluice_metrics_left_out', leftOut]], store),
	];
}

/** What there is to say of a store that does not answer. */
export function downSamples(storeId: string): Sample[] {
	return samples([['sluice_store_up', 0]], { store: storeId });
}

function ofReceiver({ id, counts }: HeldReceiver, store: Labels): Sample[] {
	const events = Object.entries(counts.events).map(([outcome, count]): Value => [
		'sluice_receiver_events_total',
		count,
		{ outcome },
	]);
	const refused = Object.entries(counts.refused).map(([code, count]): Value => [
		'sluice_receiver_refused_total',
		count,
		{ code },
	]);
	const bytes: Value = ['sluice_receiver_body_bytes_total', counts.bodyBytes];
	return samples([...events, ...refused, bytes], { ...store, receiver: id });
}

/** Once for each receiver, of whose exports each tells the same. */
function ofKept(exports: readonly ExportSnapshot[], store: Labels): Sample[] {
	const receivers = new Map(
		exports.flatMap(({ exportId, kept }) =>
			kept ? [[exportId.slice(0, exportId.indexOf('/')), kept] as const] : [],
		),
	);
	return [...receivers].flatMap(([receiver, { events, bytes, since }]) =>
		samples(
			[
				['sluice_receiver_kept_events', events],
				['sluice_receiver_kept_bytes', bytes],
				[
					'sluice_receiver_kept_oldest_timestamp_seconds',
					since === undefined ? undefined : since / 1_000,
				],
			],
			{ ...store, receiver },
		),
	);
}

function ofExport(one: ExportSnapshot, store: Labels, at: number): Sample[] {
	const { waiting, open, retrying, dead, totals, state } = one;
	const waitsMs = waiting.oldestAt === undefined ? 0 : Math.max(0, at - waiting.oldestAt);
	const values: Value[] = [
		['sluice_export_rows_accepted_total', totals.accepted],
		['sluice_export_rows_delivered_total', totals.acked],
		['sluice_export_rows_dead_total', totals.buried],
		['sluice_export_rows_dropped_total', totals.dropped],
		['sluice_export_rows_purged_total', totals.purged],
		['sluice_export_events_filtered_total', one.leftOut],
		['sluice_export_waiting_rows', waiting.rows],
		['sluice_export_waiting_bytes', waiting.bytes],
		['sluice_export_oldest_waiting_age_seconds', waitsMs / 1_000],
		['sluice_export_open_batches', open.batches],
		['sluice_export_retrying_batches', retrying.batches],
		['sluice_export_dead_rows', dead.rows],
		['sluice_export_dead_bytes', dead.bytes],
		...STATES.map((name): Value => [
			'sluice_export_state',
			name === state ? 1 : 0,
			{ state: name },
		]),
	];
	const labels = { ...store, export: one.exportId };
	return [...samples(values, labels), ...ofRequests(one, labels)];
}

function ofRequests({ requests, metrics }: ExportSnapshot, labels: Labels): Sample[] {
	if (!requests) return [];
	const { ok, failed, bytes, durationMs } = requests;
	const name = 'sluice_export_request_duration_seconds';
	const { p50, p95, p99 } = metrics?.latencyMs ?? {};
	const quantiles = Object.entries({ '0.5': p50, '0.95': p95, '0.99': p99 }).map(
		([quantile, ms]): Value => [name, ms === undefined ? undefined : ms / 1_000, { quantile }],
	);
	return [
		...samples(
			[
				['sluice_export_requests_total', ok, { outcome: 'ok' }],
				['sluice_export_requests_total', failed, { outcome: 'failed' }],
				['sluice_export_request_bytes_total', bytes],
				...quantiles,
			],
			labels,
		),
		{ name, part: 'sum', labels, value: durationMs / 1_000 },
		{ name, part: 'count', labels, value: ok + failed },
	];
}

function ofStore(stats: StoreStats): Value[] {
	return [
		['sluice_store_up', 1],
		['sluice_store_degraded', storeConditions(stats).has('storeDegraded') ? 1 : 0],
		['sluice_store_disk_bytes', stats.diskBytes],
		['sluice_store_free_bytes', stats.freeBytes],
		['sluice_store_min_free_bytes', stats.minFreeBytes],
		['sluice_store_missing_rows_total', stats.missingRows],
		['sluice_store_quarantined_rows_total', stats.quarantinedRows],
	];
}

/** What is not known is left out. */
function samples(values: readonly Value[], common: Labels): Sample[] {
	return values.flatMap(([name, value, labels = {}]) =>
		value === undefined ? [] : [{ name, labels: { ...common, ...labels }, value }],
	);
}

function inOrder<T>(all: readonly T[], idOf: (one: T) => string): T[] {
	return all.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}
