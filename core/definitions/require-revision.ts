import type { DocumentCondition } from '../buffer/documents';
import { BufferError } from '../errors';
import type { DefinitionKind } from './definition';

/**
 * Whether a definition still is the one that whoever changes it has seen.
 *
 * @param revision of what was found, 0 where there is none
 * @throws BufferError ERR_DOCUMENT_CONFLICT
 */
export function requireRevision(
	{ kind, id }: { readonly kind: DefinitionKind; readonly id: string },
	revision: number,
	{ ifRevision }: DocumentCondition,
): void {
	if (ifRevision === undefined || ifRevision === revision) return;
	throw new BufferError(
		'ERR_DOCUMENT_CONFLICT',
		`the ${kind} "${id}" has revision ${revision}, expected ${ifRevision}: it was changed meanwhile; read it again`,
		{ details: { kind, id, expected: ifRevision, found: revision } },
	);
}
