import { randomBytes } from 'node:crypto';

const SALT_BYTES = 8;

/**
 * The random part of a batch's key, 16 hexadecimal digits. Made when the batch is made (closed by a claim, split off, replayed) and
 * kept with it: a restored or copied store goes on with the same id and the same numbers, and must not give the key that others of
 * its rows had to new ones (I20).
 */
export function newSalt(): string {
	return randomBytes(SALT_BYTES).toString('hex');
}

/** S36. */
export function batchKey(storeId: string, exportId: string, number: number, salt: string): string {
	return `${storeId}/${exportId}/${number}-${salt}`;
}
