import type { Cancel, Clock } from '../../core/runtime/clock';

interface Timer {
	at: number;
	readonly f: () => void;
}

/** A clock that moves when it is told to. */
export class FakeClock implements Clock {
	#now: number;
	#jumpedMs = 0;
	#timers: Timer[] = [];

	constructor(now = Date.parse('2026-01-01T00:00:00Z')) {
		this.#now = now;
	}

	now(): number {
		return this.#now;
	}

	after(ms: number, f: () => void): Cancel {
		const timer = { at: this.#now + ms, f };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((one) => one !== timer);
		};
	}

	/** Somebody sets the machine's time: what waits waits no longer and no shorter for it. */
	jump(ms: number): void {
		this.#now += ms;
		this.#jumpedMs += ms;
		for (const timer of this.#timers) timer.at += ms;
	}

	monotonicMs(): number {
		return this.#now - this.#jumpedMs;
	}

	/** Timers that wait. */
	pending(): number {
		return this.#timers.length;
	}

	/** Milliseconds until the first of them. */
	nextIn(): number {
		return Math.min(...this.#timers.map(({ at }) => at)) - this.#now;
	}

	/** Moves on, firing what falls due in its order, with promises settled in between. */
	async advance(ms: number): Promise<void> {
		const end = this.#now + ms;
		await settled();
		for (;;) {
			const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			if (!next) break;
			this.#timers = this.#timers.filter((one) => one !== next);
			this.#now = Math.max(this.#now, next.at);
			next.f();
			await settled();
		}
		this.#now = end;
		await settled();
	}
}

/** Lets everything that only waits for promises happen. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
