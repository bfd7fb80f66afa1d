/**
 * Where metrics are kept: a document per export or receiver, ten minutes and process, so that nobody writes what another one writes.
 * Whoever looks adds them up; those of processes that are gone count until they have left the window, and are removed then.
 */
import type { DamagedDocument, Documents, StoredDocument } from '../buffer/documents';
import { walkDocuments } from '../buffer/documents';
import { isOver, readMinutes, type Minutes } from './window';

export const METRICS_COLLECTION = 'metrics';

/** Documents of one page: those of others may be among them. */
const PAGE = 20;

/** What is metered: `export:<full id>` or `receiver:<id>`. */
export type MetricKey = `export:${string}` | `receiver:${string}`;

/** @param by process, without a bar */
export function metricId(key: MetricKey, block: number, by: string): string {
	return `${key}|${block}|${by}`;
}

/** Names may hold bars, too: the last two are ours. */
function parseId(id: string): { key: string; block: number } | undefined {
	const found = /^(.*)\|(\d+)\|[^|]*$/s.exec(id);
	const [, key = '', block = ''] = found ?? [];
	return found ? { key, block: Number(block) } : undefined;
}

/**
 * The blocks of all processes that lie in the window.
 *
 * @param now milliseconds since the Unix epoch
 * @returns by the id of their documents
 * @throws as `Documents.list`
 */
export async function readBlocks(
	documents: Documents,
	key: MetricKey,
	now: number,
): Promise<Map<string, Minutes>> {
	const blocks = new Map<string, Minutes>();
	let after: string | undefined = `${key}|`;
	while (after !== undefined) {
		const page = await documents.list(METRICS_COLLECTION, { after, limit: PAGE });
		for (const document of page.documents) {
			if (!document.id.startsWith(`${key}|`)) return blocks;
			const place = parseId(document.id);
			if (place?.key !== key || isOver(place.block, now)) continue;
			if ('value' in document) blocks.set(document.id, readMinutes(document.value));
		}
		after = page.next;
	}
	return blocks;
}

/**
 * Removes what has left the window.
 *
 * @throws as `Documents`
 */
export async function removeOldBlocks(documents: Documents, now: number): Promise<void> {
	const over: (StoredDocument | DamagedDocument)[] = [];
	for await (const document of walkDocuments(documents, METRICS_COLLECTION)) {
		const place = parseId(document.id);
		if (!place || isOver(place.block, now)) over.push(document);
	}
	for (const { id } of over) await documents.remove(METRICS_COLLECTION, id);
}
