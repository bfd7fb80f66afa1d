import type { DocumentSummary, InspectedDocument } from '../../../inspect/store-inspector';
import { isSoundDocument } from '../../document-seal';
import type { Query } from '../../../../postgres/connection';

/** A document is at most 1 MB. */
const PAGE = 8;
const SELECT_PAGE = `
SELECT collection, id, revision, crc, body FROM @document WHERE (collection, id) > ($1, $2)
ORDER BY collection, id LIMIT ${PAGE}`;
const SUM_COLLECTIONS = `
SELECT collection, count(*) AS documents, sum(octet_length(body)) AS bytes FROM @document GROUP BY collection ORDER BY collection`;

/** All documents, by collection and id. */
export async function* walkDocuments(query: Query): AsyncGenerator<InspectedDocument[]> {
	let place: [collection: string, id: string] = ['', ''];
	for (;;) {
		const page = await query<Omit<InspectedDocument, 'isSound'> & { crc: number }>(
			SELECT_PAGE,
			place,
		);
		const last = page.at(-1);
		if (last === undefined) return;
		yield page.map(({ crc, ...one }) => ({
			...one,
			isSound: isSoundDocument(one.collection, { ...one, crc }),
		}));
		place = [last.collection, last.id];
	}
}

export function sumDocuments(query: Query): Promise<DocumentSummary[]> {
	return query<{ collection: string; documents: number; bytes: number }>(SUM_COLLECTIONS);
}
