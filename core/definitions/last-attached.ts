import { walkDocuments, type Documents } from '../buffer/documents';
import { CoreError } from '../errors';
import type { DefinitionKind } from './definition';

/** Documents beside the definitions, whose revisions rise only when somebody changes them. */
export const ATTACHED = 'definitions.attached';

/** Written at most this often for each definition, unless its holder is another one. */
export const MARK_EVERY_MS = 24 * 3_600_000;

/** Who has attached a definition, and when at least. */
export interface LastAttached {
	/** Milliseconds since the Unix epoch; up to a day before the last time. */
	readonly at: number;
	/** Key of the holder. */
	readonly holder: string;
}

/** What is attached, by its kind and id. */
export interface AttachedName {
	readonly kind: DefinitionKind;
	readonly id: string;
}

/** Says in the store that something is attached now; writes where it was not said within a day, or of another holder. */
export async function markAttached(
	documents: Documents,
	name: AttachedName,
	now: LastAttached,
): Promise<void> {
	const id = documentId(name);
	const found = await documents.get(ATTACHED, id).catch(leaveDamaged);
	const last = found?.value as LastAttached | undefined;
	const isSame = last?.holder === now.holder && Math.abs(now.at - last.at) < MARK_EVERY_MS;
	if (!isSame) await documents.put(ATTACHED, id, { at: now.at, holder: now.holder });
}

/** When the exports or receivers of a store were attached last, by id; those that never were are absent. */
export async function readLastAttached(
	documents: Documents,
	kind: DefinitionKind,
): Promise<Map<string, LastAttached>> {
	const prefix = documentId({ kind, id: '' });
	const all = new Map<string, LastAttached>();
	for await (const found of walkDocuments(documents, ATTACHED)) {
		if ('damage' in found || !found.id.startsWith(prefix)) continue;
		all.set(found.id.slice(prefix.length), found.value as LastAttached);
	}
	return all;
}

export async function forgetAttached(documents: Documents, name: AttachedName): Promise<void> {
	await documents.remove(ATTACHED, documentId(name));
}

function documentId({ kind, id }: AttachedName): string {
	return `${kind} ${id}`;
}

/** It is written anew. */
function leaveDamaged(error: unknown): undefined {
	if (error instanceof CoreError && error.code === 'ERR_STORE_CORRUPT') return undefined;
	throw error;
}
