import type { DocumentCondition, Documents } from '../buffer/documents';
import { DEFINED } from './definition';
import { forgetAttached, type AttachedName } from './last-attached';

/**
 * Removes a definition, before what it defines: after a crash in between an export without one is left, an orphan with its rows.
 *
 * @throws BufferError ERR_DOCUMENT_CONFLICT
 */
export async function forgetDefinition(
	documents: Documents,
	name: AttachedName,
	condition: DocumentCondition = {},
): Promise<void> {
	await documents.remove(DEFINED[name.kind], name.id, condition);
	await forgetAttached(documents, name);
}
