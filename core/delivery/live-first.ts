import { longestWaitMs } from '../buffer/conditions';
import type { Batch, Counters } from '../buffer/store';
import type { Conditions } from '../config';
import { LIVE_BEYOND_MS } from '../pure/bounds';

/** Of new rows how many batches go one after the other while a backlog waits: that gets every fifth. */
const LIVE_IN_A_ROW = 4;

/** Where a time condition was not met after all it is looked at so often in the time of one, but not more often than that. */
const RECHECKS = 10;
const MIN_RECHECK_MS = 1_000;

/** What a batch is made of. */
export type Share = 'live' | 'backlog';

/**
 * What goes first of an export whose new rows go ahead of a backlog (`ExportConfig.liveFirst`): they, but for every fifth batch, so that
 * the backlog goes on however much comes. A row is new for its time condition and a minute more; what was not delivered by then, is
 * backlog. That needs no memory, so it holds over restarts and for all processes.
 */
export class LiveFirst {
	/** How long a row is new, milliseconds. */
	readonly liveMs: number;
	readonly #conditions: Conditions;
	#liveInARow = 0;
	#hasBacklog = false;
	/** `acceptedTotal` before the first new row that may be in no batch yet; undefined: nothing has come yet. */
	#acceptedBefore: number | undefined;
	#accepted = 0;
	/** When rows came last. */
	#cameAt: number;
	#dueAt: number | undefined;

	/** @param now milliseconds since the Unix epoch; new rows may wait already */
	constructor(conditions: Conditions, now: number) {
		this.#conditions = conditions;
		this.#cameAt = now;
		this.#dueAt = now + longestWaitMs(conditions);
		this.liveMs = conditions.timeMs + LIVE_BEYOND_MS;
	}

	/** Of what a batch is to be made first. */
	turns(): readonly Share[] {
		return this.#liveInARow < LIVE_IN_A_ROW ? ['live', 'backlog'] : ['backlog', 'live'];
	}

	/** When new rows may have met their time condition; undefined: none wait. */
	get dueAt(): number | undefined {
		return this.#dueAt;
	}

	/** As far as is known older rows wait, or are on their way. */
	get hasBacklog(): boolean {
		return this.#hasBacklog;
	}

	/** A batch was asked for. @param batch that was given; more may wait */
	asked(share: Share, batch: Pick<Batch, 'attempt' | 'firstAt'> | undefined, now: number): void {
		if (batch) this.#liveInARow = share === 'live' ? this.#liveInARow + 1 : 0;
		if (share === 'backlog') {
			const isOld = batch && (batch.attempt > 1 || batch.firstAt < now - this.liveMs);
			this.#hasBacklog = isOld === true;
			return;
		}
		if (batch) {
			this.#acceptedBefore = this.#accepted;
			this.#dueAt = now;
		} else if (this.#dueAt !== undefined && this.#dueAt <= now) {
			// Which rows are in no batch is not known here: perhaps younger ones than those that were waited for.
			const { timeMs } = this.#conditions;
			const waitMs = longestWaitMs(this.#conditions);
			const recheckAt = now + Math.max(MIN_RECHECK_MS, waitMs / RECHECKS);
			this.#dueAt = this.#cameAt + timeMs > now ? recheckAt : undefined;
		}
	}

	/**
	 * Rows have come.
	 *
	 * @returns when they may make a batch, as if nothing else waited; sizes are guessed by those of all that waits
	 */
	appended({ acceptedTotal, rows, bytes }: Counters, now: number): number {
		const isFirst = this.#acceptedBefore === undefined;
		this.#acceptedBefore ??= acceptedTotal - 1;
		this.#accepted = acceptedTotal;
		this.#cameAt = now;
		const { count, sizeBytes } = this.#conditions;
		this.#dueAt ??= now + longestWaitMs(this.#conditions);
		const fresh = acceptedTotal - this.#acceptedBefore;
		const isFull = fresh >= count || fresh * (bytes / Math.max(1, rows)) >= sizeBytes;
		return isFirst || isFull ? now : this.#dueAt;
	}
}
