import { ALERTS_COLLECTION } from '../../alerts/alert-book';
import { SEEN_COLLECTION } from '../../alerts/receiver-alerts';
import { walkDocuments, type DamagedDocument, type StoredDocument } from '../../buffer/documents';
import type { Store } from '../../buffer/store';
import { ATTACHED } from '../../definitions/last-attached';
import { CoreError } from '../../errors';
import { HEALTH_COLLECTION } from '../../health/health-state';
import { LEFT_OUT_COLLECTION } from '../../metrics/left-out';
import { METRICS_COLLECTION } from '../../metrics/metric-documents';
import { DELIVERIES_COLLECTION } from '../../metrics/metrics';
import { PRESENCE } from '../../pipeline/presence';
import { SECRET_USES_COLLECTION } from '../../receiver/secret-uses';
import { canonicalJson } from '../../pure/canonical-json';
import { isJournal } from './journal';

/** What runs keep of what they have seen: a host that has used the other store already has seen it later. */
const SEEN_LATER_THERE: ReadonlySet<string> = new Set([
	ATTACHED,
	HEALTH_COLLECTION,
	METRICS_COLLECTION,
	DELIVERIES_COLLECTION,
	LEFT_OUT_COLLECTION,
	ALERTS_COLLECTION,
	SEEN_COLLECTION,
	SECRET_USES_COLLECTION,
]);

export interface DocumentName {
	readonly collection: string;
	readonly id: string;
}

export interface MovedDocuments {
	readonly documents: number;
	/** Those that are other ones there: each stays as it is, here and there. */
	readonly conflicts: readonly DocumentName[];
	/** Those that cannot be read: they stay. */
	readonly damaged: readonly DocumentName[];
}

/** Puts what the other store does not have, and removes what it has then. Killed in between, it has the same and is removed. */
export async function moveDocuments(from: Store, to: Store): Promise<MovedDocuments> {
	const moved = { documents: 0, conflicts: [] as DocumentName[], damaged: [] as DocumentName[] };
	for (const collection of await movedCollections(from)) {
		for await (const found of walkDocuments(from.documents, collection)) {
			const name = { collection, id: found.id };
			if ('damage' in found) {
				moved.damaged.push(name);
			} else if (await put(to, collection, found)) {
				await from.documents.remove(collection, found.id, { ifRevision: found.revision });
				moved.documents++;
			} else {
				moved.conflicts.push(name);
			}
		}
	}
	return moved;
}

export async function countDocuments(from: Store): Promise<number> {
	let documents = 0;
	for (const collection of await movedCollections(from))
		for await (const _ of walkDocuments(from.documents, collection)) documents++;
	return documents;
}

/** What this store itself is in the middle of, and who has it, belongs to it alone. */
async function movedCollections({ documents }: Store): Promise<string[]> {
	return (await documents.collections()).filter((name) => !isJournal(name) && name !== PRESENCE);
}

/** @returns whether it is there now, or what makes it needless */
async function put(
	{ documents }: Store,
	collection: string,
	{ id, value }: Exclude<StoredDocument, DamagedDocument>,
): Promise<boolean> {
	try {
		await documents.put(collection, id, value, { ifRevision: 0 });
		return true;
	} catch (error) {
		if (!(error instanceof CoreError) || error.code !== 'ERR_DOCUMENT_CONFLICT') throw error;
	}
	if (SEEN_LATER_THERE.has(collection)) return true;
	const there = await documents.get(collection, id).catch(asOther);
	return there !== undefined && canonicalJson(there.value) === canonicalJson(value);
}

/** One that is damaged is another one. */
function asOther(error: unknown): undefined {
	if (error instanceof CoreError && error.code === 'ERR_STORE_CORRUPT') return undefined;
	throw error;
}
