import type { ErrorCode } from '../../errors';
import type { Sample } from '../../metrics/prometheus-text';
import type { Clock } from '../../runtime/clock';

/** What is behind a mount, as far as the listener's own paths tell of it; a store with its pipeline. */
export interface Watched {
	/** The same for all mounts with the same behind them. */
	readonly key: string;
	/** Codes of the errors by which pushes would be refused now; none where they are taken. Never rejects, and always ends. */
	readonly reasons: () => Promise<readonly ErrorCode[]>;
	/** As `reasons`. */
	readonly samples: () => Promise<readonly Sample[]>;
}

/** Whoever asks often gets what was found a moment ago: those who ask for readiness show nothing, and may be many. */
const FRESH_MS = 1_000;

/** What the mounts of a listener are backed by, each asked once however many there are. */
export class WatchedSet {
	readonly #clock: Clock;
	readonly #all = new Set<Watched>();

	readonly reasons: () => Promise<readonly ErrorCode[]>;
	readonly samples: () => Promise<readonly Sample[]>;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.reasons = this.#fresh(({ reasons }) => reasons());
		this.samples = this.#fresh(({ samples }) => samples());
	}

	/** Until the returned function is called. */
	add(watched: Watched): () => void {
		this.#all.add(watched);
		return () => void this.#all.delete(watched);
	}

	#fresh<T>(ask: (watched: Watched) => Promise<readonly T[]>): () => Promise<readonly T[]> {
		let asked: { readonly at: number; readonly answer: Promise<readonly T[]> } | undefined;
		return () => {
			const at = this.#clock.now();
			if (asked && at >= asked.at && at - asked.at < FRESH_MS) return asked.answer;
			// The newest of each: an older one may be of a node that is being redeployed.
			const newest = new Map([...this.#all].map((one) => [one.key, one]));
			const answer = Promise.all([...newest.values()].map(ask)).then((found) => [
				...new Set(found.flat()),
			]);
			asked = { at, answer };
			return answer;
		};
	}
}
