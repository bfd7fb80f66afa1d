import type { Documents } from '../buffer/documents';
import { CoreError } from '../errors';
import { HEALTH_COLLECTION, readHealth, restarted } from './health-state';

const MAX_CONFLICTS = 5;

/**
 * An export was set active by hand: its failures until now count no more (D54), its breaker is closed. Whoever delivers it reads that
 * when it is told to look.
 *
 * @throws as `Documents.put`
 */
export async function restartHealth(documents: Documents, exportId: string): Promise<void> {
	for (let conflicts = 0; ; conflicts++) {
		const found = await documents.get(HEALTH_COLLECTION, exportId);
		// Nothing was ever wrong with it.
		if (!found) return;
		const state = restarted(readHealth(found.value));
		try {
			await documents.put(HEALTH_COLLECTION, exportId, state, { ifRevision: found.revision });
			return;
		} catch (error) {
			const isConflict = error instanceof CoreError && error.code === 'ERR_DOCUMENT_CONFLICT';
			if (!isConflict || conflicts === MAX_CONFLICTS) throw error;
		}
	}
}
