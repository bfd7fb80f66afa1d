/**
 * The breaker of a destination: closed → open → half-open → closed. Pure.
 *
 * It opens when most requests of the last minutes failed, and when nothing was reached for a minute. Open, it lets one request through
 * now and then, the probe; the pauses between probes double. Any request that is taken closes it. It only delays: what a probe is, the
 * retry schedule of the waiting batches says, not the breaker.
 */

/** Pauses between probes, milliseconds. */
export const PROBE_PAUSE = { firstMs: 30_000, maxMs: 300_000 } as const;

/**
 * A destination that few rows go to makes no ten requests in five minutes: one that was not reached by so many in a row, over so
 * long, is taken for down as well.
 */
export const UNREACHED = { requests: 3, forMs: 60_000 } as const;

/** An open breaker. Instants are milliseconds since the Unix epoch. */
export interface OpenBreaker {
	readonly openedAt: number;
	/** No request before. */
	readonly nextProbeAt: number;
	/** That failed. */
	readonly probes: number;
}

export function openBreaker(now: number): OpenBreaker {
	return { openedAt: now, nextProbeAt: now + PROBE_PAUSE.firstMs, probes: 0 };
}

export function afterFailedProbe({ openedAt, probes }: OpenBreaker, now: number): OpenBreaker {
	return { openedAt, nextProbeAt: now + probePauseMs(probes + 1), probes: probes + 1 };
}

/** How long to wait for the next probe. @param probes how many failed */
export function probePauseMs(probes: number): number {
	return Math.min(PROBE_PAUSE.maxMs, PROBE_PAUSE.firstMs * 2 ** Math.min(probes, 10));
}

/** Requests of a tenth of a window or so. */
export interface Slice {
	/** When it begins, milliseconds since the Unix epoch. */
	readonly at: number;
	readonly taken: number;
	readonly failed: number;
}

const SLICES = 30;

/** One more request; slices that have left the window go. */
export function countRequest(
	slices: readonly Slice[],
	{ ok, at }: { readonly ok: boolean; readonly at: number },
	windowMs: number,
): Slice[] {
	const lengthMs = Math.ceil(windowMs / SLICES);
	const begin = at - (at % lengthMs);
	const kept = inWindow(slices, at, windowMs);
	const last = kept.find((slice) => slice.at === begin) ?? { at: begin, taken: 0, failed: 0 };
	const counted = {
		at: begin,
		taken: last.taken + (ok ? 1 : 0),
		failed: last.failed + (ok ? 0 : 1),
	};
	return [...kept.filter((slice) => slice.at !== begin), counted];
}

/** One that begins after `now` is of a clock that was put back, and says nothing about the last minutes. */
export function inWindow(slices: readonly Slice[], now: number, windowMs: number): Slice[] {
	return slices.filter(({ at }) => at > now - windowMs && at <= now);
}

export function isTripped(
	slices: readonly Slice[],
	o: { readonly failurePercent: number; readonly minRequests: number },
): boolean {
	const failed = slices.reduce((sum, slice) => sum + slice.failed, 0);
	const all = slices.reduce((sum, slice) => sum + slice.taken, failed);
	return all >= o.minRequests && failed * 100 >= o.failurePercent * all;
}
