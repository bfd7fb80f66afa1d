import type { DocumentSummary, InspectedDocument } from '../../../inspect/store-inspector';
import type { Connection } from '../connection';
import { toNumber, toText } from '../connection';
import { toDocument } from '../documents';
import { isSoundDocument } from '../../document-seal';

/** A document is at most 1 MB. */
const PAGE = 8;
const SELECT_PAGE = `
	SELECT collection, id, revision, crc, body FROM document WHERE (collection, id) > (?, ?)
	ORDER BY collection, id LIMIT ${PAGE}`;
const SUM_COLLECTIONS = `
	SELECT collection, count(*) AS n, sum(length(body)) AS bytes FROM document GROUP BY collection ORDER BY collection`;

/** All documents, by collection and id. */
export function* walkDocuments(connection: Connection): Generator<InspectedDocument[]> {
	let place: [collection: string, id: string] = ['', ''];
	for (;;) {
		const page = connection.all(SELECT_PAGE, ...place);
		const last = page.at(-1);
		if (last === undefined) return;
		yield page.map((row) => {
			const collection = toText(row.collection);
			const kept = toDocument(row);
			return { collection, ...kept, isSound: isSoundDocument(collection, kept) };
		});
		place = [toText(last.collection), toText(last.id)];
	}
}

export function sumDocuments(connection: Connection): DocumentSummary[] {
	return connection.all(SUM_COLLECTIONS).map(({ collection, n, bytes }) => ({
		collection: toText(collection),
		documents: toNumber(n),
		bytes: toNumber(bytes),
	}));
}
