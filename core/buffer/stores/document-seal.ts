import { crc32 } from 'node:zlib';

/** A document as a store keeps it. */
export interface KeptDocument {
	readonly id: string;
	readonly revision: number;
	/** JSON in UTF-8. */
	readonly body: Uint8Array;
	/** As `sealDocument` makes it. */
	readonly crc: number;
}

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
