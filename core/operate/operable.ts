import type { KnownExport, Store } from '../buffer/store';
import { checkWhole } from '../check-value';
import { isOfKept } from '../config';
import { BufferError } from '../errors';
import type { Event } from '../event/event';
import type { Held } from '../pipeline/held';
import type { Trial } from '../pipeline/trial';
import type { RecentRequest } from '../receiver/recent-requests';
import type { RenewedUrlSecret, TestedPush } from '../pipeline/receiver-results';
import type { TestPush } from '../receiver/test-request';
import { PAGE } from '../pure/bounds';

/**
 * What is looked at and acted on: a pipeline, or a store without one (the command line), where what is made due waits for the host
 * that opens it, or beside which one runs.
 */
export interface Operable {
	readonly store: Store;
	/** Claims what has become due. */
	claimDue?(): void;
	flush?(exportId: string): void;
	/** @see Pipeline.lookAtReplay */
	lookAtReplay?(exportId: string): Promise<void>;
	/** Puts events into an export that is held here; @throws as Pipeline.add */
	add?(exportId: string, events: readonly Event[]): Promise<void>;
	/** Takes an event the way of a delivery of an export that is held here; @throws as Pipeline.tryDelivery */
	tryDelivery?(exportId: string, event: Event, signal?: AbortSignal): Promise<Trial>;
	/** @see Pipeline.pushTest */
	pushTest?(receiverId: string, push: TestPush): Promise<TestedPush | undefined>;
	held?(): Held;
	/** @see Pipeline.renewUrlSecret */
	renewUrlSecret?(receiverId: string): Promise<RenewedUrlSecret>;
	/** @see Pipeline.recentRequests */
	recentRequests?(receiverId: string, limit?: number): readonly RecentRequest[] | undefined;
	/** The last event of a receiver, or of what the flow feeds; @see Pipeline.lastEvent */
	lastEvent?(receiverId: string): Event | undefined;
	/** Writes into the store what was counted here; @see Pipeline.keepMetrics */
	keepMetrics?(exportId: string): Promise<void>;
}

/** @throws BufferError ERR_EXPORT_UNKNOWN */
export async function requireExport({ store }: Operable, exportId: string): Promise<KnownExport> {
	const known = await store.getExport(exportId);
	// What is kept is no buffer: it is its receiver's, and shown and replayed with its buffers.
	if (known && !isOfKept(exportId)) return known;
	throw new BufferError('ERR_EXPORT_UNKNOWN', `the store has no buffer "${exportId}"`, {
		details: { exportId },
	});
}

/** How much is shown at once. @throws ConfigError */
export function limitOf(value: unknown, path: string): number {
	return value === undefined ? PAGE.fallback : checkWhole(value, path, PAGE);
}
