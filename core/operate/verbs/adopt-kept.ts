import type { KnownExport, Store } from '../../buffer/store';
import { fullExportId, keptOwner } from '../../config';
import { keptExportId } from '../../pipeline/kept-export';
import { countLeft, transferBatches } from '../transfer';

/**
 * With the last buffer of a receiver its kept events go to the receiver of the other buffer, behind what is kept there; where nothing is,
 * with the bounds that they had.
 *
 * @returns how many
 */
export async function adoptKept(
	store: Store,
	from: KnownExport,
	to: KnownExport,
	leaseMs: number | undefined,
): Promise<number> {
	if (from.receiverId === to.receiverId) return 0;
	const exportId = keptExportId(from.receiverId);
	const known = await store.getExport(exportId);
	if (!known || (await hasOthers(store, from))) return 0;
	const target = keptExportId(to.receiverId);
	const { mappingRevision: _, isDraining: _draining, ...config } = known;
	const { mappingRevision } =
		(await store.getExport(target)) ??
		(await store.putExport({ ...config, receiverId: keptOwner(to.receiverId) }));
	const events = await transferBatches({
		from: { store, exportId, isStrict: false },
		to: { store, exportId: target, receiverId: to.receiverId },
		leaseMs,
		prefix: `adopt:${target}:`,
		revisionOf: () => mappingRevision,
	});
	if ((await countLeft(store, exportId)) === 0) await store.removeExport(exportId, 'drop');
	return events;
}

async function hasOthers(store: Store, from: KnownExport): Promise<boolean> {
	const id = fullExportId(from);
	return (await store.listExports()).some(
		(one) => one.receiverId === from.receiverId && fullExportId(one) !== id,
	);
}
