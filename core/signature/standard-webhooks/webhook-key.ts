import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A secret of Standard Webhooks, read. */
export type WebhookKey = { readonly canSign: boolean } & (
	| { readonly version: 'v1'; readonly key: Buffer }
	| { readonly version: 'v1a'; readonly publicKey: KeyObject; readonly privateKey?: KeyObject }
);

/** What stands before an Ed25519 key in DER (RFC 8410, sections 4 and 7). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const KEY_BYTES = 32;

const read = new Map<string, WebhookKey | undefined>();
const MAX_READ = 1_000;

/**
 * `whsec_<base64>`, or the base64 alone: the key of an HMAC. `whpk_<base64>`: a public Ed25519 key of 32 bytes.
 * `whsk_<base64>`: a private one, its seed of 32 bytes with or without the public key after it.
 *
 * @returns undefined for what is none of these
 */
export function webhookKey(secret: string): WebhookKey | undefined {
	if (!read.has(secret)) {
		if (read.size >= MAX_READ) read.clear();
		read.set(secret, parse(secret));
	}
	return read.get(secret);
}

function parse(secret: string): WebhookKey | undefined {
	const [, prefix, encoded = ''] =
		/^(whsec_|whpk_|whsk_)?([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
	const bytes = Buffer.from(encoded, 'base64');
	if (bytes.length === 0) return undefined;
	if (prefix === 'whpk_') {
		if (bytes.length !== KEY_BYTES) return undefined;
		return { version: 'v1a', canSign: false, publicKey: publicKeyOf(bytes) };
	}
	if (prefix === 'whsk_') {
		if (bytes.length !== KEY_BYTES && bytes.length !== 2 * KEY_BYTES) return undefined;
		const der = Buffer.concat([PKCS8, bytes.subarray(0, KEY_BYTES)]);
		const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
		return { version: 'v1a', canSign: true, privateKey, publicKey: createPublicKey(privateKey) };
	}
	return { version: 'v1', canSign: true, key: bytes };
}

function publicKeyOf(bytes: Buffer): KeyObject {
	return createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' });
}
