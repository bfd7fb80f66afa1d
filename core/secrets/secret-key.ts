import { hkdfSync } from 'node:crypto';
import { CoreError } from '../errors';

/** Of a key, AES-256. */
export const KEY_BYTES = 32;

/** Enough for any rotation; each is tried by its id alone. */
const MAX_KEYS = 10;

/** A key, and what is derived from it, each for one use. */
export interface SecretKey {
	/** Names it in what it sealed; says nothing of the key. */
	readonly id: string;
	readonly encryption: Buffer;
	readonly fingerprint: Buffer;
	/** As a key file holds it. */
	readonly text: string;
}

export function secretKey(bytes: Uint8Array): SecretKey {
	return {
		id: derive(bytes, 'id', 6).toString('hex'),
		encryption: derive(bytes, 'encryption', KEY_BYTES),
		fingerprint: derive(bytes, 'fingerprint', KEY_BYTES),
		text: Buffer.from(bytes).toString('base64'),
	};
}

/**
 * Keys as a person or a host gives them: each 32 bytes as base64 or hex, several separated by commas. The first one seals, all of them open.
 *
 * @param source where the text is from, for messages
 * @throws CoreError ERR_SECRET_KEY naming source and position, never a part of the text
 */
export function parseSecretKeys(text: string, source: string): [SecretKey, ...SecretKey[]] {
	const parts = text.split(',').map((part) => part.trim());
	if (parts.length > MAX_KEYS) {
		throw secretKeyError(`${source} holds ${parts.length} keys, at most ${MAX_KEYS} are taken`);
	}
	const [first, ...others] = parts.map((part, index) => {
		const bytes = readKey(part);
		if (bytes) return secretKey(bytes);
		const which = parts.length === 1 ? '' : `, key ${index + 1} of ${parts.length}`;
		throw secretKeyError(
			`${source}${which}: expected ${KEY_BYTES} bytes as base64 or hex; "openssl rand -base64 ${KEY_BYTES}" makes such a key`,
		);
	});
	if (!first) throw new TypeError('split gives at least one part');
	return [first, ...others];
}

/** The error of keys that are missing, wrong, or not safe where they are. */
export function secretKeyError(message: string, cause?: unknown): CoreError {
	return new CoreError('ERR_SECRET_KEY', message, { cause });
}

/** Hex of 32 bytes has 64 characters, base64 of them 43 or 44: no text is both. */
function readKey(text: string): Uint8Array | undefined {
	if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
	if (!/^[0-9A-Za-z+/_-]{43}=?$/.test(text)) return undefined;
	return Buffer.from(text, 'base64');
}

function derive(bytes: Uint8Array, use: string, length: number): Buffer {
	return Buffer.from(hkdfSync('sha256', bytes, '', `sluice secrets ${use}`, length));
}
