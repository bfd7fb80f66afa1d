import type { Clock } from '../../core/runtime/clock';

/** A wall clock that jumps both ways while timers, as on a real machine, only count what passes. */
export class JumpingClock implements Clock {
	#wallAt = Date.parse('2026-01-01T00:00:00.000Z');
	#elapsedMs = 0;
	#timers: { atMs: number; f: () => void }[] = [];

	now(): number {
		return this.#wallAt;
	}

	after(ms: number, f: () => void) {
		const timer = { atMs: this.#elapsedMs + ms, f };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	/** Negative: the wall clock is set back, and no time passes. */
	advance(ms: number): void {
		this.#wallAt += ms;
		this.#elapsedMs += Math.max(0, ms);
		const due = this.#timers.filter(({ atMs }) => atMs <= this.#elapsedMs);
		this.#timers = this.#timers.filter((timer) => !due.includes(timer));
		for (const { f } of due) f();
	}
}
