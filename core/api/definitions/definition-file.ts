/**
 * All definitions of a store as one JSON file, to be kept with other code and taken over into another store. It holds no secret: in its
 * place stands a reference with a fingerprint (`{"secretRef": "sealed:9f…"}`), or the name of a secret of the host.
 */
import * as z from 'zod/v4';
import type { StoredDefinitions } from '../../pipeline/stored-definitions';

const FILE_FORMAT = 1;

const MAX_DEFINITIONS = 10_000;

const base = { id: z.string().min(1).max(500), config: z.record(z.string(), z.unknown()) };

const receiver = z.object({ ...base, kind: z.literal('receiver') });
const exportOf = z.object({
	...base,
	kind: z.literal('export'),
	sink: z.record(z.string(), z.unknown()).optional(),
});

export const definitionFile = z.object({
	format: z.literal(FILE_FORMAT),
	receivers: z.array(receiver).max(MAX_DEFINITIONS),
	exports: z.array(exportOf).max(MAX_DEFINITIONS),
});

export type DefinitionFile = z.output<typeof definitionFile>;

/** What is defined, those of nodes among it, without what only holds here: who has it, and revisions. */
export async function exportDefinitions(
	stored: Pick<StoredDefinitions, 'list'>,
): Promise<DefinitionFile & { readonly unreadable: string[] }> {
	const [receivers, exports] = [await stored.list('receiver'), await stored.list('export')];
	return {
		format: FILE_FORMAT,
		receivers: receivers.good.map(({ definition: { id, config } }) => ({
			kind: 'receiver',
			id,
			config: { ...config },
		})),
		exports: exports.good
			.filter(({ definition }) => definition.removing === undefined)
			.map(({ definition: { id, config, sink } }) => ({
				kind: 'export',
				id,
				config: { ...config },
				...(sink === undefined ? {} : { sink: { ...sink } }),
			})),
		unreadable: [...receivers.bad, ...exports.bad].map(({ kind, id }) => `${kind} ${id}`),
	};
}
