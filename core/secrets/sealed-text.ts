/**
 * A secret as it is stored: AES-256-GCM with a random nonce. Its place is associated data, so that it opens there and nowhere else.
 *
 * `v1.<id of the key>.<fingerprint>.<base64url of nonce, encrypted text and tag>`. The first three are associated data as well. The length of the
 * text shows; nothing else of it does.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { SecretKey } from './secret-key';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';
const FORM = /^v1\.([0-9a-f]{12})\.([0-9a-f]{16})\.([0-9A-Za-z_-]+)$/;

/** Where a secret is. */
export interface SecretPlace {
	/** Of the document. */
	readonly collection: string;
	readonly id: string;
	/** In the document, as a JSON pointer (RFC 6901). */
	readonly field: string;
}

export interface SealedParts {
	readonly keyId: string;
	/** Same for the same secret in the same document under the same key, and of no use without the key. */
	readonly fingerprint: string;
	readonly body: Buffer;
}

/** Undefined for what is no sealed text, such as a part of one. */
export function readSealed(sealed: string): SealedParts | undefined {
	const [, keyId, fingerprint, body] = FORM.exec(sealed) ?? [];
	if (keyId === undefined || fingerprint === undefined || body === undefined) return undefined;
	const bytes = Buffer.from(body, 'base64url');
	return bytes.length < NONCE_BYTES + TAG_BYTES ? undefined : { keyId, fingerprint, body: bytes };
}

/** @param text well-formed Unicode, else it would come back as another one */
export function sealText(key: SecretKey, place: SecretPlace, text: string): string {
	const fingerprint = fingerprintOf(key, place, text);
	const nonce = randomBytes(NONCE_BYTES);
	const options = { authTagLength: TAG_BYTES };
	const cipher = createCipheriv(ALGORITHM, key.encryption, nonce, options);
	cipher.setAAD(associatedData(place, key.id, fingerprint));
	const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	const body = Buffer.concat([nonce, encrypted, cipher.getAuthTag()]).toString('base64url');
	return `${VERSION}.${key.id}.${fingerprint}.${body}`;
}

/** Undefined where anything of it was changed, or it was sealed for another place or with another key. */
export function openText(
	key: SecretKey,
	place: SecretPlace,
	{ keyId, fingerprint, body }: SealedParts,
): string | undefined {
	const options = { authTagLength: TAG_BYTES };
	const nonce = body.subarray(0, NONCE_BYTES);
	const decipher = createDecipheriv(ALGORITHM, key.encryption, nonce, options);
	decipher.setAAD(associatedData(place, keyId, fingerprint));
	decipher.setAuthTag(body.subarray(-TAG_BYTES));
	try {
		const encrypted = body.subarray(NONCE_BYTES, -TAG_BYTES);
		return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8');
	} catch {
		return undefined;
	}
}

/** Of each document another one: who may write one document finds out nothing about those of others. */
function fingerprintOf(key: SecretKey, { collection, id }: SecretPlace, text: string): string {
	const input = JSON.stringify([collection, id, text]);
	return createHmac('sha256', key.fingerprint).update(input).digest('hex').slice(0, 16);
}

function associatedData(place: SecretPlace, keyId: string, fingerprint: string): Buffer {
	const { collection, id, field } = place;
	return Buffer.from(JSON.stringify([VERSION, keyId, fingerprint, collection, id, field]));
}
