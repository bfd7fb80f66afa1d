import { crc32 } from 'node:zlib';
import type { KeptDocument } from './kept-documents';

/** Of the body, and of where it belongs: a body that is whole under another id or revision is damage, too. */
export function sealDocument(
	collection: string,
	{ id, revision, body }: Pick<KeptDocument, 'id' | 'revision' | 'body'>,
): number {
	return crc32(body, crc32(JSON.stringify([collection, id, revision])));
}

export function isSoundDocument(collection: string, kept: KeptDocument): boolean {
	return sealDocument(collection, kept) === kept.crc;
}
