import type { Documents } from '../buffer/documents';
import { CoreError } from '../errors';
import type { Secrets } from '../secrets/open-secrets';
import { DEFINED, type DefinitionKind } from './definition';
import { listDefinitions, type BadDefinition } from './list-definitions';
import { sealAgain } from './seal-secrets';

export interface SealedAgain {
	/** Definitions that were written. */
	readonly count: number;
	/** Those that are as they were: their former key is needed as long as they are. */
	readonly bad: readonly BadDefinition[];
}

/** Seals with the newest key what a former one has sealed, so that this one can go. @throws CoreError ERR_SECRET_KEY */
export async function sealAllAgain(documents: Documents, secrets: Secrets): Promise<SealedAgain> {
	const bad: BadDefinition[] = [];
	let count = 0;
	for (const kind of Object.keys(DEFINED) as DefinitionKind[]) {
		const listed = await listDefinitions(documents, kind);
		bad.push(...listed.bad);
		for (const { definition, revision } of listed.good) {
			const { id } = definition;
			try {
				const again = sealAgain(secrets, definition);
				if (again === definition) continue;
				await documents.put(DEFINED[kind], id, again, { ifRevision: revision });
				count++;
			} catch (error) {
				if (!(error instanceof CoreError) || error.code === 'ERR_SECRET_KEY') throw error;
				bad.push({ kind, id, error });
			}
		}
	}
	return { count, bad };
}
