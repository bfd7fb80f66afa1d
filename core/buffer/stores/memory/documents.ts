import { DOCUMENT_BOUNDS } from '../../documents';
import { sealDocument } from '../document-seal';
import type { KeptDocument } from '../document-seal';
import { type DocumentKeeper, requireRevision } from '../kept-documents';

export interface MemoryDocuments {
	/** Collection → id → document. */
	readonly byCollection: Map<string, Map<string, KeptDocument>>;
	nextRevision: number;
}

/** @param now the documents of an open store; throws when it is closed */
export function keepInMemory(now: () => MemoryDocuments): DocumentKeeper {
	return {
		async collections() {
			const named = [...now().byCollection].filter(([, { size }]) => size > 0);
			return named.map(([name]) => name).sort(compareIds);
		},
		async get({ collection, id }) {
			return now().byCollection.get(collection)?.get(id);
		},
		async list({ collection, after, limit }) {
			const all = [...(now().byCollection.get(collection)?.values() ?? [])];
			const behind = all
				.filter(({ id }) => compareIds(id, after) > 0)
				.sort((a, b) => compareIds(a.id, b.id))
				.slice(0, limit);
			let bytes = 0;
			const end = behind.findIndex(
				({ body }, at) => (bytes += body.byteLength) > DOCUMENT_BOUNDS.pageBytes && at > 0,
			);
			return end === -1 ? behind : behind.slice(0, end);
		},
		async put({ collection, id, body, ifRevision }) {
			const { byCollection } = now();
			const documents = byCollection.get(collection) ?? new Map<string, KeptDocument>();
			requireRevision({ collection, id }, ifRevision, documents.get(id)?.revision ?? 0);
			const revision = now().nextRevision++;
			const kept = { id, revision, body };
			documents.set(id, { ...kept, crc: sealDocument(collection, kept) });
			byCollection.set(collection, documents);
			return revision;
		},
		async remove({ collection, id, ifRevision }) {
			const documents = now().byCollection.get(collection);
			requireRevision({ collection, id }, ifRevision, documents?.get(id)?.revision ?? 0);
			return documents?.delete(id) ?? false;
		},
	};
}

/** As their UTF-8 bytes compare, which is not how JavaScript compares texts. */
function compareIds(a: string, b: string): number {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
