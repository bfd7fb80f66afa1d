/** Secrets of credentials: made here, shown once, kept so that nobody who reads the store can use them. */
import { createHmac, randomBytes } from 'node:crypto';
import { newSecret, newVendorId } from '../../runtime/ids';
import type { Secrets } from '../../secrets/open-secrets';
import type { SecretPlace } from '../../secrets/sealed-text';
import { areSameBytes, isSameText } from '../../signature/same-text';
import { ACCESS_COLLECTIONS, type Credential, type KeptSecret } from './documents';

/** Before a token, so that people and scanners of secrets know what it is. */
const PREFIX = 'slc';
const TOKEN = /^slc_([0-9a-v]{20})_([0-9A-Za-z]{48})$/;
const ID = /^[0-9a-v]{20}$/;

/** A new secret, and how it is kept. A digest will do: the secret has 285 random bits, which nobody tries. */
export function makeSecret(
	credential: string,
	keeps: 'hashed' | 'sealed',
	secrets: Secrets,
): { readonly secret: string; readonly kept: KeptSecret } {
	const secret = newSecret();
	const id = newVendorId();
	if (keeps === 'sealed') {
		const sealed = secrets.seal(placeOf(credential, id), secret);
		return { secret, kept: { id, kept: { kind: 'sealed', sealed } } };
	}
	const salt = randomBytes(16).toString('hex');
	return { secret, kept: { id, kept: { kind: 'hashed', salt, digest: digestOf(salt, secret) } } };
}

export function tokenText(id: string, secret: string): string {
	return `${PREFIX}_${id}_${secret}`;
}

/** Undefined for what is none of ours. */
export function parseToken(
	text: string,
): { readonly id: string; readonly secret: string } | undefined {
	const [, id, secret] = TOKEN.exec(text) ?? [];
	return id === undefined || secret === undefined ? undefined : { id, secret };
}

export function isCredentialId(id: string): boolean {
	return ID.test(id);
}

/** The secrets that let in now: the current one, and a former one whose time has not come. */
export function secretsAt({ secrets }: Credential, now: number): readonly KeptSecret[] {
	return secrets.filter(({ until }) => until === undefined || now < until);
}

/** In constant time for each; all of them are compared. @throws as Secrets.open */
export function isSecretOf(
	credential: Credential,
	given: string,
	{ secrets, now }: { readonly secrets: Secrets; readonly now: number },
): boolean {
	const isSame = secretsAt(credential, now).map((one) => {
		const { kept } = one;
		if (kept.kind === 'sealed') return isSameText(given, openSecret(credential.id, one, secrets));
		return areSameBytes(Buffer.from(kept.digest), Buffer.from(digestOf(kept.salt, given)));
	});
	return isSame.includes(true);
}

/** The text of what is sealed. @throws TypeError for a digest; CoreError ERR_SECRET_UNREADABLE */
export function openSecret(credential: string, { id, kept }: KeptSecret, secrets: Secrets): string {
	if (kept.kind !== 'sealed') throw new TypeError('a digest has no text');
	return secrets.open(placeOf(credential, id), kept.sealed);
}

/** Sealed with the newest key; the same where it is. */
export function sealedAgain(credential: string, one: KeptSecret, secrets: Secrets): KeptSecret {
	const { id, kept } = one;
	if (kept.kind !== 'sealed' || secrets.isNewest(kept.sealed)) return one;
	const sealed = secrets.seal(placeOf(credential, id), openSecret(credential, one, secrets));
	return { ...one, kept: { kind: 'sealed', sealed } };
}

function placeOf(credential: string, id: string): SecretPlace {
	return { collection: ACCESS_COLLECTIONS.credentials, id: credential, field: `/secrets/${id}` };
}

function digestOf(salt: string, secret: string): string {
	return createHmac('sha256', salt).update(secret).digest('hex');
}
