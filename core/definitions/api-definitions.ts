import type { DocumentCondition, Documents } from '../buffer/documents';
import type { Store } from '../buffer/store';
import { projectOf } from '../config';
import { BufferError, ConfigError, ReceiveError } from '../errors';
import { requireOwner } from './define';
import { DEFINED, type DefinitionKind } from './definition';
import { forgetDefinition } from './forget-definition';
import { listDefinitions } from './list-definitions';
import { readDefinition, type Read } from './read-definition';

/** Who asks over an API, for messages. */
export type ApiLabel = string;

/**
 * A definition that was made over an API; undefined where there is none.
 *
 * @throws CoreError ERR_DEFINITION_HELD where a node has it; BufferError as readDefinition
 */
export async function readOfApi<Kind extends DefinitionKind>(
	documents: Documents,
	kind: Kind,
	id: string,
	label: ApiLabel,
): Promise<Read<Kind> | undefined> {
	const found = await readDefinition(documents, kind, id);
	if (found) requireOwner(found.definition, { origin: 'api', label });
	return found;
}

/** @throws as readOfApi; ERR_RECEIVER_UNKNOWN, ERR_EXPORT_UNKNOWN where there is none */
export async function requireOfApi<Kind extends DefinitionKind>(
	documents: Documents,
	kind: Kind,
	id: string,
	label: ApiLabel,
): Promise<Read<Kind>> {
	const found = await readOfApi(documents, kind, id, label);
	if (found) return found;
	if (kind === 'receiver')
		throw new ReceiveError('ERR_RECEIVER_UNKNOWN', `there is no receiver "${id}"`);
	throw new BufferError('ERR_EXPORT_UNKNOWN', `there is no buffer "${id}"`);
}

/** The receiver that an export made over an API is to belong to. @throws ConfigError where there is none; as readOfApi */
export async function requireReceiver(
	documents: Documents,
	id: string,
	label: ApiLabel,
): Promise<Read<'receiver'>> {
	const found = await readOfApi(documents, 'receiver', id, label);
	if (found) return found;
	throw new ConfigError(
		'receiverId',
		'a receiver that was made over an API, or "project:<name>"',
		id,
	);
}

/** Those of a receiver that take rows. */
export async function exportsOfReceiver(
	documents: Documents,
	receiverId: string,
): Promise<Read<'export'>[]> {
	const { good } = await listDefinitions(documents, 'export');
	return good.filter((one) => belongsTo(one, receiverId));
}

export function belongsTo({ definition }: Read<'export'>, receiverId: string): boolean {
	const { config, removing } = definition;
	return config.origin === 'api' && config.receiverId === receiverId && removing === undefined;
}

/** Whether an export is attached by itself and not with its receiver. */
export function standsAlone({ definition: { config, removing } }: Read<'export'>): boolean {
	return removing !== undefined || projectOf(config) !== undefined;
}

/**
 * The definition of an export that is to go. Of one with `drain` it stays until the export is empty, so that a restart goes on with it.
 *
 * @throws BufferError ERR_DOCUMENT_CONFLICT
 */
export async function forgetExport(
	documents: Documents,
	{ definition, revision }: Read<'export'>,
	how: 'drain' | 'drop',
): Promise<void> {
	const { id } = definition;
	const condition: DocumentCondition = { ifRevision: revision };
	if (how === 'drain') {
		await documents.put(DEFINED.export, id, { ...definition, removing: 'drain' }, condition);
		return;
	}
	await forgetDefinition(documents, { kind: 'export', id }, condition);
}

/** Forgets an export that was to be drained and is empty. @returns whether it is */
export async function forgetDrained(
	store: Pick<Store, 'documents' | 'getExport'>,
	one: Read<'export'>,
): Promise<boolean> {
	const { removing, id } = one.definition;
	if (removing === undefined || (await store.getExport(id))) return false;
	await forgetExport(store.documents, one, 'drop');
	return true;
}
