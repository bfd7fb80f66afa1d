import { hash } from 'node:crypto';

/** Lowercase hex of the hash over exactly these bytes; text is taken as UTF-8. */
export function checksumOf(algorithm: 'sha1' | 'sha256', body: Uint8Array | string): string {
	return hash(algorithm, body, 'hex');
}
