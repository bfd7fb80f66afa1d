import type { Lease, Store } from '../buffer/store';
import { CoreError } from '../errors';
import type { Cancel, Clock } from '../runtime/clock';

/** How long a claim is valid without renewal (S30). */
export const LEASE_MS = 60_000;

/** Renews every third of the lease's length (S30); a lost lease aborts the attempt, since another owner may hold the batch. */
export function keepLease(
	first: Lease,
	o: { readonly store: () => Store; readonly clock: Clock; readonly abort: AbortController },
): { lease(): Lease; stop(): void } {
	let lease = first;
	let stopped = false;
	let cancel: Cancel = () => {};
	const renew = async (): Promise<void> => {
		try {
			lease = await o.store().renew(lease);
		} catch (error) {
			const isLost = error instanceof CoreError && error.code === 'ERR_LEASE_LOST';
			if (!stopped && isLost) o.abort.abort();
		}
		if (!stopped) next();
	};
	const next = (): void => {
		cancel = o.clock.after(LEASE_MS / 3, () => void renew());
	};
	next();
	return {
		lease: () => lease,
		stop() {
			stopped = true;
			cancel();
		},
	};
}
