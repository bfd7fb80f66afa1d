/** How long a fault loop runs, and chance that can be had again. */

/** Whether this is the long run, which may look for what is not promised yet. */
export const isLongRun = process.env.SLUICE_FAULT_ROUNDS !== undefined;

/** Rounds of a loop: few on a desk, as S72 says in CI, as many as SLUICE_FAULT_ROUNDS in the long run (`npm run test:fault`). */
export function faultRounds({ desk, ci }: { desk: number; ci: number }): number {
	return Number(process.env.SLUICE_FAULT_ROUNDS ?? (process.env.CI === 'true' ? ci : desk));
}

/**
 * A sequence of numbers from 0 to 1 that is the same for the same seed (mulberry32). The seed is printed, and taken from
 * SLUICE_FAULT_SEED when that is set. It fixes when a loop strikes; what the machine does then, it cannot.
 */
export function seededChance(what: string, usualSeed?: number): () => number {
	const random = usualSeed ?? Math.floor(Math.random() * 2 ** 31);
	const seed = Number(process.env.SLUICE_FAULT_SEED ?? random);
	console.log(`      ${what}: SLUICE_FAULT_SEED=${seed}`);
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
