import type { Store } from '../buffer/store';
import { fullExportId, type ExportConfig } from '../config';
import type { AttachedExport } from './attached-export';
import { registerKept } from './kept-export';
import { canonicalJson } from '../pure/canonical-json';

/** What the store has to know of an export that is attached; only then its mapping revision is known. @throws what the store says */
export async function registerExport(store: Store, export_: AttachedExport): Promise<void> {
	export_.mappingRevision = await (export_.isDraining
		? drainExport(store, export_.id)
		: knowExport(store, export_.config));
	if (!export_.isDraining) export_.keptIn = await registerKept(store, export_.config);
}

/**
 * Sees to it that the store knows an export; writes only where it knows it otherwise, or is about to forget it. The state is the
 * store's own.
 *
 * @returns the mapping revision of its rows from now on
 * @throws what the store says
 */
async function knowExport(
	store: Pick<Store, 'getExport' | 'putExport'>,
	config: ExportConfig,
): Promise<number> {
	const known = await store.getExport(fullExportId(config));
	if (known && !known.isDraining) {
		const { mappingRevision, isDraining: _, state, ...rest } = known;
		if (canonicalJson({ ...config, state }) === canonicalJson({ ...rest, state }))
			return mappingRevision;
	}
	return (await store.putExport(config)).mappingRevision;
}

/** One that is being removed takes no new rows any more. @returns its mapping revision; 0 where it is gone already */
async function drainExport(
	store: Pick<Store, 'getExport' | 'removeExport'>,
	exportId: string,
): Promise<number> {
	const known = await store.getExport(exportId);
	if (known && !known.isDraining) await store.removeExport(exportId, 'drain');
	return known?.mappingRevision ?? 0;
}
