import type { TakenEvent } from './intake/keys';

/** Of what this process has stored. */
const MAX_KEYS = 10_000;

/**
 * Tells a copy of a request from an event that its producer sent once more: both are duplicates for the store, which does not say by
 * which key. Where only one of them can have been known it is that one; else by what this process remembers, so that copies of what
 * another process has stored, or this one before a restart, count as duplicates.
 */
export class KnownReplays {
	readonly #keys = new Set<string>();

	/** An event was stored. */
	stored({ replayKey }: TakenEvent): void {
		if (!replayKey) return;
		this.#keys.add(replayKey.key);
		const [oldest] = this.#keys;
		if (this.#keys.size > MAX_KEYS && oldest !== undefined) this.#keys.delete(oldest);
	}

	/** Whether a duplicate is a copy. */
	isReplay({ replayKey, dedupeKeys }: TakenEvent): boolean {
		if (!replayKey) return false;
		return dedupeKeys.length === 0 || this.#keys.has(replayKey.key);
	}
}
