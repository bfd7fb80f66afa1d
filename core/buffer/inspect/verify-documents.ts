import type { Finding, InspectedDocument } from './store-inspector';

/** The checksum of each (S50). */
export function verifyDocuments(
	documents: readonly InspectedDocument[],
	checked: { documents: number },
	report: (finding: Finding) => void,
): void {
	for (const one of documents) {
		checked.documents++;
		if (!one.isSound) report(damagedDocument(one));
	}
}

export function damagedDocument({ collection, id }: InspectedDocument): Finding {
	return { rule: 'S50', message: `document ${collection}/${id} is damaged` };
}
