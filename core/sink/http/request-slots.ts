/** Whose requests they are. */
export interface SlotUser {
	/** Lower goes first: batches in the order in which they came to the sink. */
	readonly place: number;
	/** Its rows are new while a backlog drains, and go before others. */
	readonly isLive: boolean;
}

/** A request that may be made. */
export interface Slot {
	/** The request is on its way: the next one may be made ready. The same user asks again at once, so that it keeps its place. */
	next(signal: AbortSignal): Promise<Slot | undefined>;
	/** It has ended, or is not made after all. Idempotent. */
	release(): void;
}

/** Of the requests of live rows, how many go one after the other while others wait: those get every fifth. */
const LIVE_IN_A_ROW = 4;

/**
 * How many requests of a sink are under way at once, whatever batches they are of. Slots are given one after the other (the
 * next one when a request is on its way), so that whoever is to go first also gets the next permit of a rate. Older batches go first,
 * so that the order of rows is nearly kept and few batches are in memory; live ones go before them, but never all of the time.
 */
export class RequestSlots {
	readonly #limit: number;
	#places = 0;
	#used = 0;
	#isStarting = false;
	#liveInARow = 0;
	readonly #waiting = new Map<SlotUser, (slot: Slot | undefined) => void>();

	/** @param limit requests at once, 1 … 100 */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/** For one batch, which asks for one slot at a time. */
	user(isLive: boolean): SlotUser {
		this.#places += 1;
		return { place: this.#places, isLive };
	}

	/** @returns undefined once `signal` is aborted */
	async take(user: SlotUser, signal: AbortSignal): Promise<Slot | undefined> {
		if (signal.aborted) return undefined;
		if (this.#waiting.size === 0 && this.#isFree) return this.#give(user);
		return new Promise((resolve) => {
			const end = (slot: Slot | undefined): void => {
				signal.removeEventListener('abort', onAbort);
				this.#waiting.delete(user);
				resolve(slot);
			};
			const onAbort = (): void => end(undefined);
			signal.addEventListener('abort', onAbort, { once: true });
			this.#waiting.set(user, end);
		});
	}

	get #isFree(): boolean {
		return !this.#isStarting && this.#used < this.#limit;
	}

	#giveNext(): void {
		if (!this.#isFree) return;
		const user = this.#choose();
		if (user) this.#waiting.get(user)?.(this.#give(user));
	}

	#choose(): SlotUser | undefined {
		let live: SlotUser | undefined;
		let other: SlotUser | undefined;
		for (const user of this.#waiting.keys()) {
			if (user.isLive) live = earlier(live, user);
			else other = earlier(other, user);
		}
		const isLiveNext = live !== undefined && (!other || this.#liveInARow < LIVE_IN_A_ROW);
		this.#liveInARow = isLiveNext && other ? this.#liveInARow + 1 : 0;
		return isLiveNext ? live : other;
	}

	#give(user: SlotUser): Slot {
		this.#isStarting = true;
		this.#used += 1;
		let isStarting = true;
		let isHeld = true;
		const begun = (): void => {
			if (!isStarting) return;
			isStarting = false;
			this.#isStarting = false;
		};
		return {
			next: (signal) => {
				const slot = this.take(user, signal);
				begun();
				this.#giveNext();
				return slot;
			},
			release: () => {
				if (!isHeld) return;
				isHeld = false;
				this.#used -= 1;
				begun();
				this.#giveNext();
			},
		};
	}
}

function earlier(one: SlotUser | undefined, other: SlotUser): SlotUser {
	return one && one.place < other.place ? one : other;
}
