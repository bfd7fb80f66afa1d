import type { Delivery } from '../../metrics/deliveries';
import { readLeftOutTotal } from '../../metrics/left-out';
import { readMetrics } from '../../metrics/read-metrics';
import { disruptiveMetrics, type WindowView } from '../../metrics/window';
import { systemClock, type Clock } from '../../runtime/clock';
import { describeExport, type ExportSnapshot } from '../export-snapshot';
import { requireExport, type Operable } from '../operable';
import { countersOf } from './counters-of';

/** How the deliveries of a buffer went in the last three hours, and what is left to do. Instants are milliseconds since the Unix epoch. */
export interface BufferMetrics extends WindowView, Pick<ExportSnapshot, 'state' | 'open' | 'dead'> {
	readonly exportId: string;
	/** Events that its filter left out, in all and of all processes. */
	readonly leftOut: number;
	/** As a Data Connector says it, such as `0.663s`; `0s` where there was no request (D51, D74). */
	readonly latency99p: string;
	/** Not yet in a batch; the age is that of the oldest of them. */
	readonly waiting: ExportSnapshot['waiting'] & Age;
	/** In batches that wait for their next attempt; the same. */
	readonly retrying: ExportSnapshot['retrying'] & Age;
	readonly lastSuccessAt?: number;
	/** The newest request that was not taken, also where that is longer ago. */
	readonly lastError?: Delivery;
}

interface Age {
	readonly oldestAgeMs?: number;
}

/**
 * Requests of all processes, with those of others up to ten seconds old.
 *
 * @param o.clock default the system's
 * @throws BufferError ERR_EXPORT_UNKNOWN
 */
export async function metrics(
	on: Operable,
	exportId: string,
	{ clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<BufferMetrics> {
	const { state } = await requireExport(on, exportId);
	await on.keepMetrics?.(exportId);
	const at = clock.now();
	const view = await readMetrics(on.store.documents, exportId, at);
	const { deliveries: _, ...counted } = view;
	return {
		exportId,
		state,
		...counted,
		leftOut: await readLeftOutTotal(on.store.documents, exportId),
		latency99p: disruptiveMetrics(view).latency99p,
		...(await whatIsLeft(on, exportId, at)),
	};
}

type Left = Pick<BufferMetrics, 'waiting' | 'open' | 'retrying' | 'dead'>;

async function whatIsLeft(on: Operable, exportId: string, at: number): Promise<Left> {
	const counters = await countersOf(on, exportId);
	// Removed in between.
	if (!counters) return EMPTY;
	const { waiting, open, retrying, dead } = describeExport(counters, { isShared: true, at });
	return { waiting: withAge(waiting, at), open, retrying: withAge(retrying, at), dead };
}

function withAge<Rows extends { readonly oldestAt?: number }>(rows: Rows, at: number): Rows & Age {
	const { oldestAt } = rows;
	// The clock of another process may be ahead.
	return oldestAt === undefined ? rows : { ...rows, oldestAgeMs: Math.max(0, at - oldestAt) };
}

const EMPTY: Left = {
	waiting: { rows: 0, bytes: 0 },
	open: { batches: 0, rows: 0 },
	retrying: { batches: 0, rows: 0 },
	dead: { batches: 0, rows: 0, bytes: 0 },
};
