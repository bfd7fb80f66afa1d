import { requireExport, type Operable } from '../operable';

/** Makes the batches due that wait for their next attempt. */
export async function retryNow(
	on: Operable,
	exportId: string,
): Promise<{ exportId: string; batches: number }> {
	await requireExport(on, exportId);
	const batches = await on.store.retryNow(exportId);
	on.claimDue?.();
	return { exportId, batches };
}
