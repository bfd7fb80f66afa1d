import type { Store } from '../buffer/store';
import { fullExportId, keptOwner } from '../config';

/** Removes what is kept of a receiver for replays, when it has gone. */
export async function forgetKept(
	store: Pick<Store, 'listExports' | 'removeExport'>,
	receiverId: string,
): Promise<void> {
	const owner = keptOwner(receiverId);
	const kept = (await store.listExports()).filter((one) => one.receiverId === owner);
	for (const one of kept) await store.removeExport(fullExportId(one), 'drop');
}
