import type { KnownExport, StoreStats } from '../buffer/store';
import { fullExportId, isOfKept } from '../config';
import type { Operable } from './operable';

/** An export as the store knows it, with its full id. */
export type NamedExport = KnownExport & { readonly exportId: string };

/** All buffers that the store knows, whoever holds them; without how they stand, which a snapshot tells. */
export async function listExports({ store }: Operable): Promise<NamedExport[]> {
	const buffers = (await store.listExports()).filter(({ receiverId }) => !isOfKept(receiverId));
	return buffers.map((one) => ({ ...one, exportId: fullExportId(one) }));
}

/** How the store itself stands. */
export function readStore({ store }: Operable): Promise<StoreStats> {
	return store.stats();
}
