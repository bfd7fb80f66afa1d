import { DOCUMENT_BOUNDS } from '../../documents';
import { sealDocument } from '../document-seal';
import type { KeptDocument } from '../document-seal';
import { type DocumentPlace, requireRevision } from '../kept-documents';
import { type SqlRow, toBuffer, toNumber, toText } from './connection';
import type { Engine } from './engine';
import {
	DELETE_DOCUMENT,
	SELECT_COLLECTIONS,
	SELECT_DOCUMENT,
	SELECT_DOCUMENT_REVISION,
	SELECT_DOCUMENTS,
	UPSERT_DOCUMENT,
} from './sql';

export function listCollections({ connection }: Pick<Engine, 'connection'>): string[] {
	return connection.all(SELECT_COLLECTIONS).map(({ collection }) => toText(collection));
}

export function getDocument(
	{ connection }: Pick<Engine, 'connection'>,
	{ collection, id }: DocumentPlace,
): KeptDocument | undefined {
	const row = connection.get(SELECT_DOCUMENT, collection, id);
	return row === undefined ? undefined : toDocument(row);
}

export function listDocuments(
	{ connection }: Pick<Engine, 'connection'>,
	{ collection, after, limit }: { collection: string; after: string; limit: number },
): KeptDocument[] {
	return connection
		.all(SELECT_DOCUMENTS, collection, after, limit, DOCUMENT_BOUNDS.pageBytes)
		.map(toDocument);
}

export function putDocument(
	engine: Engine,
	o: DocumentPlace & { body: Uint8Array; ifRevision: number | undefined },
): number {
	const { collection, id, body, ifRevision } = o;
	requireRevision(o, ifRevision, revisionOf(engine, o));
	engine.begin();
	const { connection, meta, time } = engine;
	// Not below the time: where the last commits were lost, or a copy is restored, those given before do not come again either.
	const revision = Math.max(meta.documentRevision + 1, Math.ceil(time.nowAt));
	meta.documentRevision = revision;
	const crc = sealDocument(collection, { id, revision, body });
	connection.run(UPSERT_DOCUMENT, collection, id, revision, crc, body);
	return revision;
}

export function removeDocument(
	engine: Engine,
	o: DocumentPlace & { ifRevision: number | undefined },
): boolean {
	const revision = revisionOf(engine, o);
	requireRevision(o, o.ifRevision, revision);
	if (revision === 0) return false;
	engine.begin();
	engine.connection.run(DELETE_DOCUMENT, o.collection, o.id);
	return true;
}

export function toDocument(row: SqlRow): KeptDocument {
	return {
		id: toText(row.id),
		revision: toNumber(row.revision),
		body: toBuffer(row.body),
		crc: toNumber(row.crc),
	};
}

/** 0 where there is none. */
function revisionOf({ connection }: Engine, { collection, id }: DocumentPlace): number {
	return toNumber(connection.get(SELECT_DOCUMENT_REVISION, collection, id)?.revision);
}
