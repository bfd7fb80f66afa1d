import type { DocumentCondition, Documents } from '../buffer/documents';
import { CoreError, type ErrorCode } from '../errors';
import { canonicalJson } from '../pure/canonical-json';
import { DEFINED, type AnyDefinition } from './definition';
import { readDefinition, type AnyRead } from './read-definition';
import { requireRevision } from './require-revision';

/** A definition as it is to be, and the revision that whoever changes it has seen (0: none). Without one the newest change counts. */
export interface DefinitionChange extends DocumentCondition {
	readonly definition: AnyDefinition;
}

/** Somebody who is never first among so many that change one definition at once says so. */
const MAX_TRIES = 20;

/**
 * Puts definitions where they differ from what is stored. All of them are looked at before the first is written.
 *
 * @throws CoreError ERR_DEFINITION_HELD where one belongs to somebody else; BufferError ERR_DOCUMENT_CONFLICT where a revision is
 *   another one, ERR_STORE_VERSION for one of a newer release, and what the store says
 */
export async function define(
	documents: Documents,
	changes: readonly DefinitionChange[],
): Promise<void> {
	const found = await Promise.all(changes.map((change) => readForChange(documents, change)));
	await Promise.all(changes.map((change, at) => put(documents, change, found[at])));
}

/**
 * Whether a definition belongs to who wants to change it.
 *
 * @throws CoreError ERR_DEFINITION_HELD naming the holder
 */
export function requireOwner(
	found: AnyDefinition,
	wanted: { readonly origin: AnyDefinition['config']['origin']; readonly label: string },
): void {
	const { kind, id, holder, config } = found;
	if (config.origin === wanted.origin) return;
	const owner = config.origin === 'host' ? 'the node' : 'the API';
	throw new CoreError(
		'ERR_DEFINITION_HELD',
		`the ${kind} "${id}" belongs to ${owner} "${holder.label}", which alone can change it; "${wanted.label}" cannot`,
		{ details: { kind, id, origin: config.origin, holder: holder.label } },
	);
}

type Found = AnyRead | 'damaged' | undefined;

/** A damaged one is made anew by whoever has it. */
async function readForChange(
	documents: Documents,
	{ definition, ...condition }: DefinitionChange,
): Promise<Found> {
	const { kind, id, config, holder } = definition;
	const found = await readDefinition(documents, kind, id).catch((error: unknown) => {
		if (hasCode(error, 'ERR_STORE_CORRUPT')) return 'damaged' as const;
		throw error;
	});
	if (found === 'damaged') return found;
	if (found) requireOwner(found.definition, { origin: config.origin, label: holder.label });
	requireRevision(definition, found?.revision ?? 0, condition);
	return found;
}

async function put(documents: Documents, change: DefinitionChange, first: Found): Promise<void> {
	const { definition, ifRevision } = change;
	const { kind, id } = definition;
	for (let found = first, tries = 1; ; tries++) {
		if (found === 'damaged') {
			const condition = ifRevision === undefined ? {} : { ifRevision };
			return void (await documents.put(DEFINED[kind], id, definition, condition));
		}
		const wanted = withFormerSink(definition, found?.definition);
		if (found && canonicalJson(found.definition) === canonicalJson(wanted)) return;
		try {
			const condition = { ifRevision: found?.revision ?? 0 };
			return void (await documents.put(DEFINED[kind], id, wanted, condition));
		} catch (error) {
			const isLate = hasCode(error, 'ERR_DOCUMENT_CONFLICT');
			if (!isLate || ifRevision !== undefined || tries === MAX_TRIES) throw error;
		}
		found = await readForChange(documents, change);
	}
}

/** Who attaches an export without a sink (n8n's webhook processes) leaves that to others, and does not take it away. */
function withFormerSink(
	definition: AnyDefinition,
	former: AnyDefinition | undefined,
): AnyDefinition {
	if (definition.kind !== 'export' || definition.sink !== undefined) return definition;
	if (former?.kind !== 'export' || former.sink === undefined) return definition;
	return { ...definition, sink: former.sink };
}

function hasCode(error: unknown, code: ErrorCode): boolean {
	return error instanceof CoreError && error.code === code;
}
