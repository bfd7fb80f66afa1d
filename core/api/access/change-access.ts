/** Accounts and credentials: made, changed, rotated, removed. Each is one put or remove; whoever asks writes it into the audit log. */
import { ConfigError, CoreError } from '../../errors';
import type { Documents } from '../../buffer/documents';
import type { Clock } from '../../runtime/clock';
import { newVendorId } from '../../runtime/ids';
import type { Secrets } from '../../secrets/open-secrets';
import { makeSecret, openSecret, sealedAgain, tokenText } from './credential-secret';
import {
	ACCESS_BOUNDS,
	ACCESS_COLLECTIONS,
	ACCESS_FORMAT,
	type Account,
	type Credential,
} from './documents';
import type { Grant } from './principal';
import { listAccounts, listCredentials, requireAccount, requireCredential } from './read-access';

export interface AccessPorts {
	readonly documents: Documents;
	readonly secrets: Secrets;
	readonly clock: Clock;
}

/** As `documents.ts` has the schemas. */
export interface NewAccount {
	readonly label: string;
	readonly grants: readonly Grant[];
	readonly allowsBasic?: boolean | undefined;
}

export interface NewCredential {
	readonly kind: Credential['kind'];
	readonly label: string;
	/** Default: a token is kept as a digest and never shown again, the secret of a key sealed. A sealed token can be revealed. */
	readonly keeps?: 'hashed' | 'sealed' | undefined;
	readonly grants?: readonly Grant[] | undefined;
	readonly limits?: Credential['limits'] | undefined;
	/** Milliseconds since the Unix epoch. */
	readonly expiresAt?: number | undefined;
}

/** A credential with its text, which is shown here and, unless it is sealed, never again. */
export interface MadeCredential {
	readonly credential: Credential;
	/** Of a token all of it; of a key its secret. */
	readonly secret: string;
}

/** @throws ConfigError where there are too many */
export async function addAccount(
	{ documents, clock }: AccessPorts,
	{ label, grants, allowsBasic = false }: NewAccount,
): Promise<Account> {
	const { good, bad } = await listAccounts(documents);
	requireRoom('accounts', good.length + bad.length, ACCESS_BOUNDS.accounts);
	const account: Account = {
		format: ACCESS_FORMAT,
		id: newVendorId(),
		label,
		grants: [...grants],
		allowsBasic,
		createdAt: clock.now(),
	};
	await documents.put(ACCESS_COLLECTIONS.accounts, account.id, account, { ifRevision: 0 });
	return account;
}

/** What is not given stays. @throws CoreError ERR_ACCESS_UNKNOWN; ERR_DOCUMENT_CONFLICT where another one was faster */
export async function changeAccount(
	{ documents }: AccessPorts,
	id: string,
	change: {
		readonly label?: string | undefined;
		readonly grants?: readonly Grant[] | undefined;
		readonly allowsBasic?: boolean | undefined;
	},
): Promise<Account> {
	const { value, revision } = await requireAccount(documents, id);
	const { label = value.label, grants = value.grants, allowsBasic = value.allowsBasic } = change;
	const account: Account = { ...value, label, grants: [...grants], allowsBasic };
	await documents.put(ACCESS_COLLECTIONS.accounts, id, account, { ifRevision: revision });
	return account;
}

/** With all of its credentials. What is damaged can be removed, too. @throws CoreError ERR_ACCESS_UNKNOWN */
export async function removeAccount({ documents }: AccessPorts, id: string): Promise<void> {
	const wasThere = await documents.remove(ACCESS_COLLECTIONS.accounts, id);
	// Also where it was gone: a kill may have left them.
	for (const { value } of (await listCredentials(documents)).good) {
		if (value.account !== id) continue;
		await documents.remove(ACCESS_COLLECTIONS.credentials, value.id);
	}
	if (!wasThere) throw new CoreError('ERR_ACCESS_UNKNOWN', 'there is no such account');
}

/** @throws CoreError ERR_ACCESS_UNKNOWN; ERR_SECRET_KEY where it cannot be sealed; ConfigError where there are too many, or it is expired */
export async function addCredential(
	ports: AccessPorts,
	account: string,
	{ kind, label, keeps, grants, limits = {}, expiresAt }: NewCredential,
): Promise<MadeCredential> {
	const { documents, secrets, clock } = ports;
	await requireAccount(documents, account);
	const { good } = await listCredentials(documents);
	const its = good.filter(({ value }) => value.account === account);
	requireRoom('credentials', its.length, ACCESS_BOUNDS.credentialsOfAccount);
	const now = clock.now();
	if (expiresAt !== undefined && expiresAt <= now) {
		throw new ConfigError('expiresAt', 'an instant that lies ahead', expiresAt);
	}
	if (kind === 'key' && keeps === 'hashed') {
		throw new ConfigError('keeps', 'sealed: the secret of a key is needed to verify what it signs');
	}
	const id = newVendorId();
	const made = makeSecret(id, keeps ?? (kind === 'key' ? 'sealed' : 'hashed'), secrets);
	const credential: Credential = {
		format: ACCESS_FORMAT,
		id,
		account,
		kind,
		label,
		...(grants ? { grants: [...grants] } : {}),
		limits,
		secrets: [made.kept],
		createdAt: now,
		...(expiresAt === undefined ? {} : { expiresAt }),
	};
	await documents.put(ACCESS_COLLECTIONS.credentials, id, credential, { ifRevision: 0 });
	return { credential, secret: shown(credential, made.secret) };
}

/**
 * A new secret under the same id; the one before lets in for a while, and none before that.
 *
 * @param formerMs 0: not at all; at most 30 days
 * @throws CoreError ERR_ACCESS_UNKNOWN, ERR_DOCUMENT_CONFLICT, ERR_SECRET_KEY
 */
export async function rotateCredential(
	{ documents, secrets, clock }: AccessPorts,
	id: string,
	formerMs: number = ACCESS_BOUNDS.formerMs.fallback,
): Promise<MadeCredential> {
	const { value, revision } = await requireCredential(documents, id);
	const now = clock.now();
	const [current] = value.secrets;
	const made = makeSecret(id, current?.kept.kind ?? 'hashed', secrets);
	const former = current && formerMs > 0 ? [{ ...current, until: now + formerMs }] : [];
	const credential: Credential = { ...value, secrets: [made.kept, ...former], rotatedAt: now };
	await documents.put(ACCESS_COLLECTIONS.credentials, id, credential, { ifRevision: revision });
	return { credential, secret: shown(credential, made.secret) };
}

/** It lets nobody in from now on. What is damaged can be revoked, too. @throws CoreError ERR_ACCESS_UNKNOWN */
export async function revokeCredential({ documents }: AccessPorts, id: string): Promise<void> {
	if (await documents.remove(ACCESS_COLLECTIONS.credentials, id)) return;
	throw new CoreError('ERR_ACCESS_UNKNOWN', 'there is no such credential');
}

/** The text of a sealed credential. @throws CoreError ERR_ACCESS_UNKNOWN, ERR_SECRET_UNREADABLE; ConfigError for a digest */
export async function revealCredential(
	{ documents, secrets }: AccessPorts,
	id: string,
): Promise<string> {
	const { value } = await requireCredential(documents, id);
	const [current] = value.secrets;
	if (current?.kept.kind !== 'sealed') {
		throw new ConfigError(
			'credential',
			'one that is sealed: of this one a digest is kept, rotate it',
		);
	}
	return shown(value, openSecret(id, current, secrets));
}

/** Seals with the newest key what a former one has sealed. @returns how many were written, and ids of those that are as they were */
export async function sealCredentialsAgain({
	documents,
	secrets,
}: AccessPorts): Promise<{ readonly count: number; readonly bad: readonly string[] }> {
	const { good, bad } = await listCredentials(documents);
	const unreadable = [...bad];
	let count = 0;
	for (const { value, revision } of good) {
		try {
			const again = value.secrets.map((one) => sealedAgain(value.id, one, secrets));
			if (again.every((one, at) => one === value.secrets[at])) continue;
			const credential: Credential = { ...value, secrets: again };
			const condition = { ifRevision: revision };
			await documents.put(ACCESS_COLLECTIONS.credentials, value.id, credential, condition);
			count++;
		} catch (error) {
			// Whose key is gone keeps no other from being sealed.
			if (!(error instanceof CoreError) || error.code !== 'ERR_SECRET_UNREADABLE') throw error;
			unreadable.push(value.id);
		}
	}
	return { count, bad: unreadable };
}

function shown({ id, kind }: Credential, secret: string): string {
	return kind === 'token' ? tokenText(id, secret) : secret;
}

function requireRoom(path: string, count: number, max: number): void {
	if (count >= max)
		throw new ConfigError(path, `at most ${max}: remove one that nobody uses`, count);
}
