/**
 * Small durable state that is no row: definitions, health, windows of metrics, accounts. One contract for all of it, so that nothing
 * opens a file or a table of its own. Documents lie in collections; each is a JSON value with a revision.
 *
 * As durable as rows: `put` and `remove` resolve once they are on disk (I1), in the same group commit as appends. Revisions of an id
 * never repeat, also not when it was removed and put again, so `ifRevision` finds whatever another process did in between. Of two that
 * put with the same `ifRevision`, one succeeds. Damage of one (S50) is told for that one alone.
 *
 * High-rate state does not come here with each change: write-behind.ts.
 */
import type { CoreError } from '../errors';

/** What every store takes. Lengths in UTF-16 units. */
export const DOCUMENT_BOUNDS = {
	/** Of the value as JSON, in UTF-8. */
	bytes: 1024 ** 2,
	collectionLength: 100,
	idLength: 500,
	/** Of one page of `list`; a single document may be all of it. */
	pageBytes: 4 * 1024 ** 2,
} as const;

export interface StoredDocument {
	readonly id: string;
	/** From 1; of each id it rises with every put. Nothing else can be read from it. */
	readonly revision: number;
	/** A copy of its own. */
	readonly value: unknown;
}

/** One whose checksum does not fit. It stays until it is put anew (its revision is good for that) or removed. */
export interface DamagedDocument {
	readonly id: string;
	readonly revision: number;
	/** ERR_STORE_CORRUPT */
	readonly damage: CoreError;
}

export interface DocumentPage {
	readonly documents: readonly (StoredDocument | DamagedDocument)[];
	/** The `after` of the next page, which may be empty; undefined when this is the last one. */
	readonly next: string | undefined;
}

export interface DocumentCondition {
	/** Only if this is the document's revision now; 0: only if there is none. Absent: whatever there is. */
	readonly ifRevision?: number;
}

/**
 * Names of collections are texts of 1 … 100, ids of 1 … 500 UTF-16 units, without control characters and halves of surrogate pairs.
 *
 * All reject with ConfigError (a name or an id out of its bounds) and as the store does: ERR_STORE_UNAVAILABLE, ERR_BUFFER_FULL (the
 * disk). What is no whole number where one is due is a TypeError.
 */
export interface Documents {
	/** Those that have documents, by name. */
	collections(): Promise<string[]>;
	/** @throws BufferError ERR_STORE_CORRUPT where it is damaged; `details.revision` is its revision */
	get(collection: string, id: string): Promise<StoredDocument | undefined>;
	/**
	 * By id, as its UTF-8 bytes compare. A page ends after `limit` documents (default 100, at most 1,000) or 4 MB.
	 *
	 * @param o after: behind this id, whether there is such a document or not
	 */
	list(
		collection: string,
		o?: { readonly after?: string | undefined; readonly limit?: number },
	): Promise<DocumentPage>;
	/**
	 * @param value what JSON can say, at most 1 MB of it
	 * @returns its revision
	 * @throws BufferError ERR_DOCUMENT_CONFLICT; ConfigError where it is larger; TypeError where it is no JSON value
	 */
	put(
		collection: string,
		id: string,
		value: unknown,
		condition?: DocumentCondition,
	): Promise<number>;
	/**
	 * @returns whether there was one
	 * @throws BufferError ERR_DOCUMENT_CONFLICT
	 */
	remove(collection: string, id: string, condition?: DocumentCondition): Promise<boolean>;
}

/** All documents of a collection, page by page; those that are put meanwhile may be among them or not. */
export async function* walkDocuments(
	documents: Documents,
	collection: string,
): AsyncGenerator<StoredDocument | DamagedDocument> {
	let after: string | undefined;
	do {
		const page = await documents.list(collection, { after });
		yield* page.documents;
		after = page.next;
	} while (after !== undefined);
}
