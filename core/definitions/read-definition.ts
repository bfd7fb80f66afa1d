import type { Documents } from '../buffer/documents';
import { BufferError } from '../errors';
import {
	DEFINED,
	DEFINITION_FORMAT,
	type AnyDefinition,
	type DefinitionKind,
	type DefinitionOf,
} from './definition';

/** A definition as it is stored, with its revision for `ifRevision`. */
export interface Read<Kind extends DefinitionKind> {
	readonly revision: number;
	readonly definition: DefinitionOf<Kind>;
}

/** One of either kind. */
export interface AnyRead {
	readonly revision: number;
	readonly definition: AnyDefinition;
}

/**
 * @returns undefined where there is none
 * @throws BufferError ERR_STORE_VERSION for one that a newer release has written, ERR_STORE_CORRUPT for a damaged one
 */
export async function readDefinition<Kind extends DefinitionKind>(
	documents: Documents,
	kind: Kind,
	id: string,
): Promise<Read<Kind> | undefined> {
	const found = await documents.get(DEFINED[kind], id);
	if (!found) return undefined;
	return { revision: found.revision, definition: parseDefinition(kind, id, found.value) };
}

/** @throws BufferError as readDefinition */
export function parseDefinition<Kind extends DefinitionKind>(
	kind: Kind,
	id: string,
	value: unknown,
): DefinitionOf<Kind> {
	const { format, ...given } = (value ?? {}) as Partial<Record<string, unknown>>;
	if (typeof format === 'number' && format > DEFINITION_FORMAT) {
		throw new BufferError(
			'ERR_STORE_VERSION',
			`the definition of ${kind} "${id}" has format ${format}, this release reads ${DEFINITION_FORMAT}: ` +
				'it stays as it is; update Sluice here',
			{ details: { kind, id, format, newest: DEFINITION_FORMAT } },
		);
	}
	if (format !== DEFINITION_FORMAT || given['kind'] !== kind || given['id'] !== id) {
		throw new BufferError(
			'ERR_STORE_CORRUPT',
			`the definition of ${kind} "${id}" is none; remove it, or make it anew`,
			{ details: { kind, id } },
		);
	}
	return value as DefinitionOf<Kind>;
}
