/** Takes back what was scheduled; calling it again does nothing. */
export type Cancel = () => void;

/** The only source of time in core. Injected, so that tests can stop and move it. */
export interface Clock {
	/** Milliseconds since the Unix epoch. */
	now(): number;
	/** Milliseconds from any origin, which whoever sets the machine's time does not move. Absent where `now` is all there is. */
	monotonicMs?(): number;
	/** Calls `f` once after at least `ms` milliseconds. Never keeps the process alive. */
	after(ms: number, f: () => void): Cancel;
}

/** The longest delay `setTimeout` takes; above it Node fires at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock. Delays beyond 24.8 days wake early; whoever waits looks again. */
export const systemClock: Clock = {
	now: () => Date.now(),
	monotonicMs: () => performance.now(),
	after(ms, f) {
		const timer = setTimeout(f, Math.min(Math.max(0, ms), MAX_TIMEOUT_MS));
		timer.unref();
		return () => clearTimeout(timer);
	},
};
