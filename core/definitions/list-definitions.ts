import { walkDocuments, type Documents } from '../buffer/documents';
import { CoreError } from '../errors';
import { DEFINED, type DefinitionKind } from './definition';
import { parseDefinition, type Read } from './read-definition';

/** One that cannot be read: damaged, or of a newer release. It is left as it is. */
export interface BadDefinition {
	readonly kind: DefinitionKind;
	readonly id: string;
	readonly error: CoreError;
}

export interface Listed<Kind extends DefinitionKind> {
	readonly good: readonly Read<Kind>[];
	readonly bad: readonly BadDefinition[];
}

/** All definitions of a kind, by id. A bad one keeps no other from being listed. */
export async function listDefinitions<Kind extends DefinitionKind>(
	documents: Documents,
	kind: Kind,
): Promise<Listed<Kind>> {
	const good: Read<Kind>[] = [];
	const bad: BadDefinition[] = [];
	for await (const found of walkDocuments(documents, DEFINED[kind])) {
		const { id, revision } = found;
		try {
			if ('damage' in found) throw found.damage;
			good.push({ revision, definition: parseDefinition(kind, id, found.value) });
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			bad.push({ kind, id, error });
		}
	}
	return { good, bad };
}
