import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A key of a pair, read from PEM. */
export interface PemKey {
	readonly publicKey: KeyObject;
	/** Absent where the PEM holds a public key or a certificate. */
	readonly privateKey?: KeyObject;
}

const PEM =
	/^-----BEGIN ((?:RSA |EC )?(?:PUBLIC|PRIVATE) KEY|CERTIFICATE)-----([A-Za-z0-9+/=\s]+)-----END \1-----$/;

const read = new Map<string, PemKey | undefined>();
const MAX_READ = 1_000;

/** Whether a secret is meant as PEM; such a text is never the key of an HMAC, whoever knows the public key. */
export function isPem(secret: string): boolean {
	return secret.includes('-----BEGIN ');
}

/**
 * The key in a PEM text of one block: a public key, a certificate, or a private key without a passphrase. Fields of one line take the
 * line breaks out of it, which does no harm.
 *
 * @returns undefined for what is none
 */
export function pemKey(secret: string): PemKey | undefined {
	if (!read.has(secret)) {
		if (read.size >= MAX_READ) read.clear();
		read.set(secret, parse(secret));
	}
	return read.get(secret);
}

function parse(secret: string): PemKey | undefined {
	const [, label, content] = PEM.exec(secret.trim()) ?? [];
	if (label === undefined || content === undefined) return undefined;
	const lines = content.replace(/\s/g, '').match(/.{1,64}/g) ?? [];
	const pem = `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
	try {
		if (!label.endsWith('PRIVATE KEY')) return { publicKey: createPublicKey(pem) };
		const privateKey = createPrivateKey(pem);
		return { privateKey, publicKey: createPublicKey(privateKey) };
	} catch {
		return undefined;
	}
}
