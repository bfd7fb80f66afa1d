import { BufferError, ConfigError } from '../../errors';
import { isStorable, STORABLE } from '../../pure/storable';
import {
	type DamagedDocument,
	DOCUMENT_BOUNDS,
	type DocumentCondition,
	type DocumentPage,
	type Documents,
	type StoredDocument,
} from '../documents';
import { pageLimit } from './defaults';
import { documentDamaged } from './failures';
import { isSoundDocument, type KeptDocument } from './document-seal';

export interface DocumentPlace {
	readonly collection: string;
	readonly id: string;
}

/** What a store has to do; what is given was checked. */
export interface DocumentKeeper {
	collections(): Promise<string[]>;
	get(place: DocumentPlace): Promise<KeptDocument | undefined>;
	/** Behind an id, at most so many, and no more bytes than DOCUMENT_BOUNDS.pageBytes but for a first one. */
	list(o: { collection: string; after: string; limit: number }): Promise<KeptDocument[]>;
	/** @throws BufferError ERR_DOCUMENT_CONFLICT */
	put(o: DocumentPlace & { body: Uint8Array; ifRevision: number | undefined }): Promise<number>;
	/** @throws BufferError ERR_DOCUMENT_CONFLICT */
	remove(o: DocumentPlace & { ifRevision: number | undefined }): Promise<boolean>;
}

/** The contract over any keeper: bounds, JSON and checksums, the same for all stores. */
export class KeptDocuments implements Documents {
	readonly #keeper: DocumentKeeper;

	constructor(keeper: DocumentKeeper) {
		this.#keeper = keeper;
	}

	collections() {
		return this.#keeper.collections();
	}

	async get(collection: string, id: string) {
		const found = await this.#keeper.get(checkPlace(collection, id));
		if (found === undefined) return undefined;
		const shown = show(collection, found);
		if ('damage' in shown) throw shown.damage;
		return shown;
	}

	async list(
		collection: string,
		o: { readonly after?: string | undefined; readonly limit?: number } = {},
	): Promise<DocumentPage> {
		checkName(collection, 'document collection', DOCUMENT_BOUNDS.collectionLength);
		const { after = '' } = o;
		if (after !== '') checkName(after, 'document after', DOCUMENT_BOUNDS.idLength);
		const limit = pageLimit(o.limit);
		const found = await this.#keeper.list({ collection, after, limit });
		const documents = found.map((one) => show(collection, one));
		return { documents, next: isCut(found, limit) ? found.at(-1)?.id : undefined };
	}

	async put(collection: string, id: string, value: unknown, condition: DocumentCondition = {}) {
		const place = checkPlace(collection, id);
		const ifRevision = checkRevision(condition);
		return this.#keeper.put({ ...place, body: toBody(place, value), ifRevision });
	}

	async remove(collection: string, id: string, condition: DocumentCondition = {}) {
		const place = checkPlace(collection, id);
		return this.#keeper.remove({ ...place, ifRevision: checkRevision(condition) });
	}
}

/** @throws BufferError ERR_DOCUMENT_CONFLICT unless the revision found (0: none) is the one that is expected */
export function requireRevision(
	{ collection, id }: DocumentPlace,
	ifRevision: number | undefined,
	found: number,
): void {
	if (ifRevision === undefined || ifRevision === found) return;
	const there = found === 0 ? 'there is none' : `it has revision ${found}`;
	const wanted = ifRevision === 0 ? 'that there is none' : `revision ${ifRevision}`;
	throw new BufferError(
		'ERR_DOCUMENT_CONFLICT',
		`document ${collection}/${id}: ${there}, expected ${wanted}; read it again`,
		{ details: { collection, id, expected: ifRevision, found } },
	);
}

/** Whether there may be more. A page that had room for one more of any size is the last one. */
function isCut(found: readonly KeptDocument[], limit: number): boolean {
	const bytes = found.reduce((sum, { body }) => sum + body.byteLength, 0);
	return found.length >= limit || bytes > DOCUMENT_BOUNDS.pageBytes - DOCUMENT_BOUNDS.bytes;
}

function show(collection: string, kept: KeptDocument): StoredDocument | DamagedDocument {
	const { id, revision, body } = kept;
	if (!isSoundDocument(collection, kept)) {
		return { id, revision, damage: documentDamaged(collection, id, revision) };
	}
	return { id, revision, value: JSON.parse(Buffer.from(body).toString()) as unknown };
}

function checkPlace(collection: string, id: string): DocumentPlace {
	checkName(collection, 'document collection', DOCUMENT_BOUNDS.collectionLength);
	checkName(id, 'document id', DOCUMENT_BOUNDS.idLength);
	return { collection, id };
}

function checkName(text: unknown, path: string, maxLength: number): void {
	if (typeof text !== 'string' || text === '' || text.length > maxLength) {
		throw new ConfigError(path, `a text of 1 to ${maxLength} characters`, text);
	}
	if (!isStorable(text)) throw new ConfigError(path, `a text ${STORABLE}`);
}

function checkRevision({ ifRevision }: DocumentCondition): number | undefined {
	if (ifRevision === undefined) return undefined;
	if (Number.isSafeInteger(ifRevision) && ifRevision >= 0) return ifRevision;
	throw new TypeError(`ifRevision is ${ifRevision}`);
}

function toBody({ collection, id }: DocumentPlace, value: unknown): Uint8Array {
	const text = JSON.stringify(value) as string | undefined;
	if (text === undefined) throw new TypeError(`document ${collection}/${id} is no JSON value`);
	const body = Buffer.from(text);
	if (body.byteLength <= DOCUMENT_BOUNDS.bytes) return body;
	throw new ConfigError(
		`document ${collection}/${id}`,
		`at most ${DOCUMENT_BOUNDS.bytes} bytes of JSON`,
		body.byteLength,
	);
}
