import type { Store } from '../buffer/store';
import { fullExportId, type ExportConfig } from '../config';
import { canonicalJson } from '../pure/canonical-json';

/**
 * Sees to it that the store knows an export; writes only where it knows it otherwise, or is about to forget it. The state is the
 * store's own.
 *
 * @returns the mapping revision of its rows from now on
 * @throws what the store says
 */
export async function knowExport(
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
