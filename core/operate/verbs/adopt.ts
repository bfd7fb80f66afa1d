import { isDisabled } from '../../config';
import { ConfigError } from '../../errors';
import { canonicalJson } from '../../pure/canonical-json';
import { UNMAPPED_REVISION, type Batch, type KnownExport } from '../../buffer/store';
import { requireExport, type Operable } from '../operable';
import { type Transfer, transferBatches, transferDead, countLeft } from '../transfer';
import { adoptKept } from './adopt-kept';
import { requireOrphan } from './orphans';

export interface Adopted {
	readonly exportId: string;
	readonly to: string;
	/** Rows that wait in the other buffer now, and that are dead letters there. */
	readonly rows: number;
	readonly deadRows: number;
	/**
	 * Rows that stay: a batch is with somebody (adopt again when its lease has ended, after a minute at most), or a dead letter names rows
	 * that are lost.
	 */
	readonly left: number;
	/** Kept events that came with the last buffer of its receiver; absent: none. */
	readonly kept?: number;
}

/**
 * Brings all rows of a buffer that nobody holds into another one of the same store, which delivers them as its own: with row ids and
 * idempotency keys of its own, after what waits there, from the first attempt. Dead letters stay dead. What is left empty is removed.
 * Killed and begun again, it goes on where it ended and doubles nothing (for seven days). With the last buffer of a receiver its kept events come along.
 *
 * @param o.leaseMs how long a batch may take on its way, default a minute
 * @throws ConfigError where the buffer is held, its rows were made by other columns than those of `to`, or `to` is disabled
 */
export async function adopt(
	on: Operable,
	exportId: string,
	to: string,
	o: { readonly leaseMs?: number } = {},
): Promise<Adopted> {
	const [from, target] = [await requireExport(on, exportId), await requireExport(on, to)];
	if (exportId === to) throw new ConfigError('to', 'another buffer', to);
	await requireOrphan(on, [exportId], 'exportId');
	requireAlike(exportId, from, to, target);
	if (isDisabled(target))
		throw new ConfigError(
			'to',
			`a buffer that keeps rows: "${to}" is ${target.state}; enable it first`,
		);
	const { store } = on;
	const transfer: Transfer = {
		from: { store, exportId, isStrict: from.order === 'strict' },
		to: { store, exportId: to, receiverId: target.receiverId },
		leaseMs: o.leaseMs,
		prefix: `adopt:${to}:`,
		revisionOf(of) {
			if (of.mappingRevision === UNMAPPED_REVISION) return UNMAPPED_REVISION;
			requireAlike(exportId, of, to, target);
			return target.mappingRevision;
		},
	};
	const rows = await transferBatches(transfer);
	const { rows: deadRows } = await transferDead(transfer);
	const left = await countLeft(store, exportId);
	// Before the buffer is gone, without which nobody could begin again.
	const kept = left === 0 ? await adoptKept(store, from, target, o.leaseMs) : 0;
	// One that was being removed has gone with its last row.
	if (left === 0 && (await store.getExport(exportId))) {
		// Whoever has come for it meanwhile keeps it.
		await requireOrphan(on, [exportId], 'exportId');
		await store.removeExport(exportId, 'drop');
	}
	on.claimDue?.();
	return { exportId, to, rows, deadRows, left, ...(kept > 0 ? { kept } : {}) };
}

/** Rows are read by the columns of the buffer they are in. */
function requireAlike(
	exportId: string,
	from: Pick<Batch, 'output' | 'columns'>,
	to: string,
	target: KnownExport,
): void {
	const shape = ({ output, columns }: Pick<Batch, 'output' | 'columns'>) =>
		canonicalJson({ output, columns });
	if (shape(from) === shape(target)) return;
	throw new ConfigError(
		'to',
		`a buffer with the data that rows of "${exportId}" were made by: give "${to}" the same fields or columns, adopt, and change them then`,
	);
}
