import { hash, timingSafeEqual } from 'node:crypto';

/** Compares hashes: constant time whatever the lengths. */
export function isSameText(a: string, b: string): boolean {
	return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

/** Constant time for bytes of one length, and the length of a MAC is no secret. */
export function areSameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && timingSafeEqual(a, b);
}
