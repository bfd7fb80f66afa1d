import { requireExport, type Operable } from '../operable';
import { countersOf } from './counters-of';

export interface Flushed {
	readonly exportId: string;
	/** Whether what waited is due now, or nothing waited. Not while it is paused or disabled, nor (elsewhere) while a batch is out. */
	readonly flushed: boolean;
	/** Rows that waited. */
	readonly rows: number;
}

/** How long a batch may take from claim to release. */
const CLOSE_MS = 10_000;

/** Makes due what waits, whatever the conditions say: here at once, else for whoever delivers it. */
export async function flush(on: Operable, exportId: string): Promise<Flushed> {
	const { state } = await requireExport(on, exportId);
	const { rows = 0 } = (await countersOf(on, exportId)) ?? {};
	if (on.flush && on.held?.().exports.get(exportId)?.sink === 'ready') {
		on.flush(exportId);
		return { exportId, flushed: state === 'ACTIVE' || rows === 0, rows };
	}
	return { exportId, flushed: rows === 0 || (await closeBatch(on, exportId)), rows };
}

/**
 * Closes what waits and leaves the batch, which is due at once, to whoever delivers. Rows beyond one batch are due by themselves.
 *
 * @returns whether there is a batch: none is closed while another one is being delivered
 */
async function closeBatch({ store }: Operable, exportId: string): Promise<boolean> {
	const owner = `flush-${process.pid}`;
	const batch = await store.claim(exportId, { owner, leaseMs: CLOSE_MS, flush: true });
	if (batch) await store.settle(batch.lease, { kind: 'release' });
	return batch !== undefined;
}
