import type { ExportSnapshot } from './export-snapshot';

/** What is to be said of destinations; `at` in milliseconds since the Unix epoch. */
export type HealthPhrase =
	/** A destination fails so often that it is only probed, at `at` again. */
	| { readonly key: 'failing'; readonly at: number }
	/** More than half of the time to giving up is over; at `at` it is paused or disabled. */
	| { readonly key: 'willPause' | 'willDisable'; readonly at: number }
	/** Paused by itself: nothing but failures, or it said that it is gone. */
	| { readonly key: 'gaveUp' };

/** Of several exports the one that is probed next, and the one that is given up first. */
export function notesOfHealth(exports: readonly ExportSnapshot[], now: number): HealthPhrase[] {
	const active = exports.filter(({ state }) => state === 'ACTIVE');
	const probes = active.flatMap(({ health }) => health?.nextProbeAt ?? []);
	const doomed = active
		.flatMap(({ health }) => {
			const { failingSince, givesUpAt, givesUpBy } = health ?? {};
			if (failingSince === undefined || givesUpAt === undefined || !givesUpBy) return [];
			return now - failingSince >= givesUpAt - now ? [{ at: givesUpAt, by: givesUpBy }] : [];
		})
		.sort((a, b) => a.at - b.at)[0];
	const gaveUp = exports.some(({ state, health }) => state === 'PAUSED' && health?.givenUp);
	return [
		...(gaveUp ? [{ key: 'gaveUp' } as const] : []),
		...(probes.length > 0 ? [{ key: 'failing', at: Math.min(...probes) } as const] : []),
		...(doomed
			? [{ key: doomed.by === 'pause' ? 'willPause' : 'willDisable', at: doomed.at } as const]
			: []),
	];
}

/** When the next attempt of what waits for one may be made; an open breaker makes it later, never sooner. */
export function nextAttemptOf({ retrying, health }: ExportSnapshot): number | undefined {
	const { nextAttemptAt } = retrying;
	return nextAttemptAt === undefined
		? undefined
		: Math.max(nextAttemptAt, health?.nextProbeAt ?? 0);
}
