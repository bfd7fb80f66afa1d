/**
 * How everything stands, at one instant: what statuses, operations, pages and the command line show. Nothing else is read for
 * them; `summarize` says it in words.
 */
import type { ActiveAlert } from '../alerts/alerts';
import type { Counters, StoreStats } from '../buffer/store';
import { isOfKept } from '../config';
import { systemClock, type Clock } from '../runtime/clock';
import type { HeldReceiver } from '../pipeline/held';
import { keptExportId } from '../pipeline/kept-export';
import { readElsewhere } from '../pipeline/presence';
import { describeExport, type ExportSnapshot } from './export-snapshot';
import { listExports } from './known-exports';
import type { Operable } from './operable';

export interface Snapshot {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly store: StoreStats;
	/** Of this process. */
	readonly receivers: readonly HeldReceiver[];
	/** What holds now and was told, as far as this process knows. */
	readonly alerts: readonly ActiveAlert[];
	/** All that the store knows. */
	readonly exports: readonly ExportSnapshot[];
	/** Full ids of those that no living process holds; where no host has the store, all. */
	readonly orphans: readonly string[];
}

/**
 * @param o.clock for `at` and rates; default the system's
 * @throws what the store says when it cannot be read
 */
export async function takeSnapshot(
	on: Operable,
	{ clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Snapshot> {
	const [all, store] = await Promise.all([on.store.counters(), on.store.stats()]);
	const kept = new Map(all.filter(isKept).map((one) => [one.exportId, one]));
	const counters = all.filter((one) => !isKept(one));
	const held = on.held?.();
	const isHere = ({ exportId }: Counters) => held?.exports.get(exportId)?.sink === 'ready';
	// Statuses ask often, and mostly of what is all here.
	const elsewhere = counters.every(isHere) ? undefined : await readElsewhere(on.store);
	const at = clock.now();
	for (const one of counters) held?.rates.sample(one, at);
	const isShared = !held && !elsewhere;
	const exports = counters.map((one) =>
		describeExport(one, {
			held,
			isShared,
			at,
			elsewhere: elsewhere?.get(one.exportId),
			kept: kept.get(keptExportId(receiverOf(one))),
		}),
	);
	const orphans = exports.filter(isOrphan);
	return {
		at,
		store,
		receivers: held?.receivers ?? [],
		alerts: held?.alerts ?? [],
		exports: exports.every(({ label }) => label !== undefined)
			? exports
			: await withLabels(on, exports),
		orphans: orphans.map(({ exportId }) => exportId),
	};
}

function isKept({ exportId }: Counters): boolean {
	return isOfKept(exportId);
}

/** No receiver has a slash in its id. */
function receiverOf({ exportId }: Counters): string {
	return exportId.slice(0, exportId.indexOf('/'));
}

/** Whether no living process holds it. */
export function isOrphan({ heldBy, heldElsewhere }: ExportSnapshot): boolean {
	return heldBy === undefined && heldElsewhere === undefined;
}

/** The store knows what nobody here holds. */
async function withLabels(on: Operable, exports: ExportSnapshot[]) {
	const known = (await listExports(on)).map(({ exportId, label }) => [exportId, label] as const);
	const labels = new Map(known);
	return exports.map((one): ExportSnapshot => {
		const label = one.label ?? labels.get(one.exportId);
		return label === undefined ? one : { ...one, label };
	});
}
