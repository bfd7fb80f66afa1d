import { DeliveryError } from '../../errors';
import { systemClock, type Cancel, type Clock } from '../../runtime/clock';

/** What was to be done was given up, since nobody waits for it any more. */
export class BrokenOff extends Error {}

/**
 * Work on one directory, one after the other. Nobody waits for a file system that does not answer: what is under way then is told to
 * stop, and goes on in the background until the system gives it back; what comes behind it is given up the same way.
 */
export class Turns {
	readonly #clock: Clock;
	readonly #timeoutMs: number;
	#last: Promise<unknown> = Promise.resolve();
	#progressAt = 0;

	constructor({
		clock = systemClock,
		timeoutMs,
	}: {
		clock?: Clock | undefined;
		timeoutMs: number;
	}) {
		this.#clock = clock;
		this.#timeoutMs = timeoutMs;
	}

	/** To be called after each step that may take its time. */
	progressed(): void {
		this.#progressAt = this.#now();
	}

	/**
	 * @param work is to look at its signal between its steps, and to leave nothing half done
	 * @param o.signal gives it up: BrokenOff
	 * @param o.timeoutMs without any progress, also of what is before it; default: that of all
	 * @throws DeliveryError ERR_SINK_TIMEOUT, BrokenOff, what `work` throws
	 */
	run<T>(
		work: (stop: AbortSignal) => Promise<T>,
		o: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number } = {},
	): Promise<T> {
		const stop = new AbortController();
		const done = this.#last.then(() => {
			if (stop.signal.aborted) throw new BrokenOff();
			this.progressed();
			return work(stop.signal);
		});
		const ended = (): void => this.progressed();
		this.#last = done.then(ended, ended);
		this.progressed();
		return new Promise<T>((resolve, reject) => {
			const giveUp = (error: Error): void => {
				stop.abort();
				reject(error);
			};
			const onAbort = (): void => giveUp(new BrokenOff());
			const cancel = this.#watch(o.timeoutMs ?? this.#timeoutMs, giveUp);
			const leave = (): void => {
				cancel();
				o.signal?.removeEventListener('abort', onAbort);
			};
			done.then(resolve, reject);
			done.then(leave, leave);
			if (o.signal?.aborted) onAbort();
			else o.signal?.addEventListener('abort', onAbort, { once: true });
		});
	}

	#watch(timeoutMs: number, giveUp: (error: Error) => void): Cancel {
		let cancel: Cancel = () => {};
		const look = (): void => {
			const leftMs = this.#progressAt + timeoutMs - this.#now();
			if (leftMs > 0) cancel = this.#clock.after(leftMs, look);
			else giveUp(notAnswering(timeoutMs));
		};
		look();
		return () => cancel();
	}

	#now(): number {
		return this.#clock.monotonicMs?.() ?? this.#clock.now();
	}
}

function notAnswering(timeoutMs: number): DeliveryError {
	const message = `the file system did not answer within ${timeoutMs / 1000} s; is its disk or its server there?`;
	return new DeliveryError('ERR_SINK_TIMEOUT', message);
}
