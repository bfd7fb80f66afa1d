/**
 * Bounds and defaults of what people set, each once: what core checks, what the dialogs of both hosts offer and refuse, and what
 * their texts and the docs say (a test compares). Pure, since a browser loads it too.
 */

/** Inclusive; `fallback` is what counts where nobody says. */
export interface Bounds {
	readonly min: number;
	readonly max: number;
	readonly fallback: number;
}

/** Space to keep free on the disk of a store, whole MB; without a fallback, since the store decides by the size of the disk. */
export const KEEP_FREE_MB = { min: 0, max: 1024 ** 2 } as const;
