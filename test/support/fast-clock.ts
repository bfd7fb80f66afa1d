/** How many times as fast as ours the clock of such a host is. */
const CLOCK_FACTOR = 20;

/**
 * A line of a Node-RED's settings.js by which its minutes are seconds: what `Date.now` tells and what `setTimeout` waits for. The worker
 * of a store has a clock of its own, which is ours.
 */
export const FAST_CLOCK = `fastClock: (() => {
	const { now } = Date;
	const wait = setTimeout;
	const begun = now();
	Date.now = () => begun + (now() - begun) * ${CLOCK_FACTOR};
	globalThis.setTimeout = Object.assign((f, ms, ...rest) => wait(f, (ms ?? 0) / ${CLOCK_FACTOR}, ...rest), wait);
})(),`;
