import { hash } from 'node:crypto';
import { DEDUPE_WINDOW_MS } from '../pure/bounds';

/** By what a copy of a request is known, where each one that its sender signs is another one. */
export interface OneUse {
	/** Of bytes that only the sender can make, decoded: a signature and a token have more than one spelling. At most 43 characters. */
	readonly key: string;
	/** How long a copy would be let in, milliseconds. */
	readonly forMs: number;
}

/**
 * @param proof what nobody else can make or change
 * @param until from when it is refused as too old, milliseconds since the Unix epoch; absent: it is for good, and known for a day
 */
export function oneUse(proof: Uint8Array | string, now: number, until?: number): OneUse {
	const { min, max, fallback } = DEDUPE_WINDOW_MS;
	// A moment longer than it is good, since the clocks of processes differ.
	const forMs = until === undefined ? fallback : until - now + min;
	return {
		key: hash('sha256', proof, 'base64url'),
		forMs: Math.ceil(Math.min(Math.max(forMs, min), max)),
	};
}
