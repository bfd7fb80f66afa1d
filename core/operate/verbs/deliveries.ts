import { readDefinition } from '../../definitions/read-definition';
import { CoreError } from '../../errors';
import { mergeDeliveries, NO_DELIVERIES, readDeliveries } from '../../metrics/deliveries';
import type { Delivery } from '../../metrics/deliveries';
import { DELIVERIES_COLLECTION } from '../../metrics/metrics';
import { destinationOf } from '../../pipeline/attached-sink';
import { limitOf, requireExport, type Operable } from '../operable';

/** The last requests that a buffer's batches left by. */
export interface ShownDeliveries {
	readonly exportId: string;
	/** Where they go now, without what of the address may be secret; absent for the flow. */
	readonly destination?: string;
	/** Newest first; at most 50 are kept. */
	readonly deliveries: readonly Delivery[];
}

/**
 * Of all processes, with those of others up to ten seconds old; kept over restarts.
 *
 * @throws BufferError ERR_EXPORT_UNKNOWN; ConfigError for a limit out of bounds
 */
export async function listDeliveries(
	on: Operable,
	exportId: string,
	o: { readonly limit?: number | undefined } = {},
): Promise<ShownDeliveries> {
	const limit = limitOf(o.limit, 'limit');
	await requireExport(on, exportId);
	await on.keepMetrics?.(exportId);
	const kept = await on.store.documents.get(DELIVERIES_COLLECTION, exportId);
	const { deliveries } = mergeDeliveries(NO_DELIVERIES, readDeliveries(kept?.value));
	const destination = await destinationNow(on, exportId);
	return {
		exportId,
		...(destination === undefined ? {} : { destination }),
		deliveries: deliveries.toReversed().slice(0, limit),
	};
}

/** A definition that cannot be read keeps nobody from seeing what was delivered. */
async function destinationNow(on: Operable, exportId: string): Promise<string | undefined> {
	try {
		const found = await readDefinition(on.store.documents, 'export', exportId);
		return destinationOf(found?.definition.sink);
	} catch (error) {
		if (error instanceof CoreError) return undefined;
		throw error;
	}
}
