import { walkDocuments, type Documents } from '../../buffer/documents';
import { CoreError } from '../../errors';
import {
	ACCESS_COLLECTIONS,
	parseAccount,
	parseCredential,
	type Account,
	type Credential,
} from './documents';

export interface Read<One> {
	readonly value: One;
	/** For `ifRevision`. */
	readonly revision: number;
}

/** Undefined where there is none. @throws BufferError as parseAccount */
export async function readAccount(
	documents: Documents,
	id: string,
): Promise<Read<Account> | undefined> {
	const found = await documents.get(ACCESS_COLLECTIONS.accounts, id);
	return found && { revision: found.revision, value: parseAccount(id, found.value) };
}

/** As readAccount. */
export async function readCredential(
	documents: Documents,
	id: string,
): Promise<Read<Credential> | undefined> {
	const found = await documents.get(ACCESS_COLLECTIONS.credentials, id);
	return found && { revision: found.revision, value: parseCredential(id, found.value) };
}

/** @throws CoreError ERR_ACCESS_UNKNOWN; as readAccount */
export async function requireAccount(documents: Documents, id: string): Promise<Read<Account>> {
	return required(await readAccount(documents, id), 'account');
}

/** As requireAccount. */
export async function requireCredential(
	documents: Documents,
	id: string,
): Promise<Read<Credential>> {
	return required(await readCredential(documents, id), 'credential');
}

/** By id. One that cannot be read keeps no other from being listed, and lets nobody in. */
export async function listAccounts(documents: Documents): Promise<Listed<Account>> {
	return list(documents, ACCESS_COLLECTIONS.accounts, parseAccount);
}

/** As listAccounts. */
export async function listCredentials(documents: Documents): Promise<Listed<Credential>> {
	return list(documents, ACCESS_COLLECTIONS.credentials, parseCredential);
}

export interface Listed<One> {
	readonly good: readonly Read<One>[];
	/** Ids of what is damaged, or of a newer release. */
	readonly bad: readonly string[];
}

async function list<One>(
	documents: Documents,
	collection: string,
	parse: (id: string, value: unknown) => One,
): Promise<Listed<One>> {
	const good: Read<One>[] = [];
	const bad: string[] = [];
	for await (const found of walkDocuments(documents, collection)) {
		try {
			if ('damage' in found) throw found.damage;
			good.push({ revision: found.revision, value: parse(found.id, found.value) });
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			bad.push(found.id);
		}
	}
	return { good, bad };
}

function required<One>(found: One | undefined, what: string): One {
	if (found) return found;
	throw new CoreError('ERR_ACCESS_UNKNOWN', `there is no such ${what}`);
}
