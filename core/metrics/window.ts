import { addTo, bucketOf, mergeInto, quantile, type Histogram } from './histogram';

const MINUTE_MS = 60_000;

/** How long is looked back (D74). */
const WINDOW_MINUTES = 180;
/** Minutes in a document. */
const BLOCK_MINUTES = 10;

/** What happened in one minute, of an export: requests; of a receiver: events taken, and requests refused. */
export interface Minute {
	ok: number;
	failed: number;
	/** Batches that were tried. */
	attempts: number;
	/** Of the bodies sent. */
	bytes: number;
	/** Durations of requests, taken or not. */
	readonly latency: Record<string, number>;
}

/** By number of the minute since the Unix epoch. */
export type Minutes = Map<number, Minute>;

export function minuteOf(at: number): number {
	return Math.floor(at / MINUTE_MS);
}

export function blockOf(minute: number): number {
	return Math.floor(minute / BLOCK_MINUTES);
}

/** Whether all of a block has left the window. */
export function isOver(block: number, now: number): boolean {
	return (block + 1) * BLOCK_MINUTES <= minuteOf(now) + 1 - WINDOW_MINUTES;
}

export function minuteIn(minutes: Minutes, minute: number): Minute {
	const known = minutes.get(minute);
	if (known) return known;
	const made: Minute = { ok: 0, failed: 0, attempts: 0, bytes: 0, latency: {} };
	minutes.set(minute, made);
	return made;
}

/** Adds to `into`, which is changed. */
export function addMinutes(into: Minutes, minutes: Minutes): void {
	for (const [number, { ok, failed, attempts, bytes, latency }] of minutes) {
		const minute = minuteIn(into, number);
		minute.ok += ok;
		minute.failed += failed;
		minute.attempts += attempts;
		minute.bytes += bytes;
		mergeInto(minute.latency, latency);
	}
}

export function countRequest(
	minute: Minute,
	{ ok, durationMs, bytes = 0 }: { readonly ok: boolean; durationMs: number; bytes?: number },
): void {
	minute[ok ? 'ok' : 'failed'] += 1;
	minute.bytes += bytes;
	addTo(minute.latency, bucketOf(durationMs));
}

/** Totals of the last three hours. */
export interface WindowView {
	/** Begin of the first minute that counts, milliseconds since the Unix epoch. */
	readonly from: number;
	readonly successCount: number;
	readonly errorCount: number;
	readonly attempts: number;
	readonly bytes: number;
	/** Milliseconds, off by at most 2 %; absent where no request was made. */
	readonly latencyMs?: { readonly p50: number; readonly p95: number; readonly p99: number };
}

/** Adds up whatever of the minutes lies in the window that ends now. */
export function viewWindow(blocks: Iterable<Minutes>, now: number): WindowView {
	const last = minuteOf(now);
	const first = last + 1 - WINDOW_MINUTES;
	const sum: Minute = { ok: 0, failed: 0, attempts: 0, bytes: 0, latency: {} };
	for (const minutes of blocks) {
		const counted = [...minutes].filter(([minute]) => minute >= first && minute <= last);
		for (const [, minute] of counted) addMinutes(new Map([[0, sum]]), new Map([[0, minute]]));
	}
	const { ok, failed, attempts, bytes, latency } = sum;
	return {
		from: first * MINUTE_MS,
		successCount: ok,
		errorCount: failed,
		attempts,
		bytes,
		...latencyOf(latency),
	};
}

function latencyOf(latency: Histogram): Pick<WindowView, 'latencyMs'> {
	const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latency, share));
	if (p50 === undefined || p95 === undefined || p99 === undefined) return {};
	return { latencyMs: { p50, p95, p99 } };
}

/**
 * As the API of the Data Connector says it (D51, D74): `{"successCount": 44, "errorCount": 0, "latency99p": "0.663s"}`, `"0s"` where
 * there was no request.
 */
export function disruptiveMetrics(view: WindowView): {
	successCount: number;
	errorCount: number;
	latency99p: string;
} {
	const { successCount, errorCount, latencyMs } = view;
	return { successCount, errorCount, latency99p: latencyMs ? seconds(latencyMs.p99) : '0s' };
}

/** What took less than a millisecond took one: "0s" means that there is nothing. */
function seconds(ms: number): string {
	const whole = Math.max(1, Math.round(ms));
	return whole % 1_000 === 0 ? `${whole / 1_000}s` : `${(whole / 1_000).toFixed(3)}s`;
}

/** As a document keeps them. */
export type KeptMinutes = Readonly<
	Record<string, readonly [ok: number, failed: number, attempts: number, bytes: number, Histogram]>
>;

export function keepMinutes(minutes: Minutes): KeptMinutes {
	return Object.fromEntries(
		[...minutes].map(([minute, { ok, failed, attempts, bytes, latency }]) => [
			minute,
			[ok, failed, attempts, bytes, { ...latency }],
		]),
	);
}

/** What cannot be read counts nothing. */
export function readMinutes(kept: unknown): Minutes {
	const minutes: Minutes = new Map();
	if (typeof kept !== 'object' || kept === null) return minutes;
	for (const [minute, one] of Object.entries(kept as KeptMinutes)) {
		if (!Array.isArray(one)) continue;
		const [ok, failed, attempts, bytes, latency] = one as KeptMinutes[string];
		minutes.set(Number(minute), { ok, failed, attempts, bytes, latency: { ...latency } });
	}
	return minutes;
}
