import type { Documents } from '../../buffer/documents';
import { isCredentialId } from './credential-secret';
import { refusedCredential } from './credential-ways';
import type { Account, Credential } from './documents';
import { readAccount, readCredential } from './read-access';

/** A credential and whose it is; its secret was not looked at. */
export interface Known {
	readonly credential: Credential;
	readonly account: Account;
}

/** @throws CoreError ERR_CREDENTIAL_REFUSED; as parseCredential */
export async function findKnown(
	documents: Documents,
	id: string,
	kind: Credential['kind'],
): Promise<Known> {
	const credential = isCredentialId(id) ? await readCredential(documents, id) : undefined;
	if (credential?.value.kind !== kind) throw refusedCredential('unknown');
	const account = await readAccount(documents, credential.value.account);
	if (!account) throw refusedCredential('no_account');
	return { credential: credential.value, account: account.value };
}

/** @throws CoreError ERR_CREDENTIAL_REFUSED */
export function requireCurrent({ expiresAt }: Credential, now: number): void {
	if (expiresAt !== undefined && now >= expiresAt) throw refusedCredential('expired');
}
