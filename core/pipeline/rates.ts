import type { Counters } from '../buffer/store';

/** How much an export took and got rid of lately, from its totals. */
export interface Rates {
	/** Rows per minute. */
	readonly acceptedPerMinute: number;
	readonly ackedPerMinute: number;
	/** Over how long, milliseconds: RATE_WINDOW_MS, or to the next older sample. */
	readonly overMs: number;
}

const RATE_WINDOW_MS = 5 * 60_000;
const SAMPLE_EVERY_MS = 10_000;

type Totals = Pick<Counters, 'exportId' | 'acceptedTotal' | 'ackedTotal'>;

interface Sample {
	readonly at: number;
	readonly accepted: number;
	readonly acked: number;
}

/** Remembers totals now and then. The store counts them, so this holds whoever appends and delivers. */
export class RateMeter {
	readonly #samples = new Map<string, Sample[]>();

	/** To be called with whatever counters pass by; one of an export counts every ten seconds. */
	sample({ exportId, acceptedTotal, ackedTotal }: Totals, at: number): void {
		const samples = this.#samples.get(exportId);
		const sample = { at, accepted: acceptedTotal, acked: ackedTotal };
		if (!samples) {
			this.#samples.set(exportId, [sample]);
			return;
		}
		const last = samples.at(-1);
		if (last && at - last.at < SAMPLE_EVERY_MS && at >= last.at) return;
		// A clock that was put back, an export that was removed and made anew: begin again.
		if (last && (at < last.at || acceptedTotal < last.accepted)) samples.length = 0;
		samples.push(sample);
		while (samples[1] && samples[1].at <= at - RATE_WINDOW_MS) samples.shift();
	}

	/** Undefined until ten seconds were seen. */
	read({ exportId, acceptedTotal, ackedTotal }: Totals, at: number): Rates | undefined {
		const samples = this.#samples.get(exportId) ?? [];
		const since = samples.findLast((one) => one.at <= at - RATE_WINDOW_MS) ?? samples[0];
		const overMs = since ? at - since.at : 0;
		if (!since || overMs < SAMPLE_EVERY_MS) return undefined;
		const perMinute = (rows: number): number => Math.max(0, (rows * 60_000) / overMs);
		return {
			acceptedPerMinute: perMinute(acceptedTotal - since.accepted),
			ackedPerMinute: perMinute(ackedTotal - since.acked),
			overMs,
		};
	}
}
