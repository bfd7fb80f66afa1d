/** The core calls of the routes of connectors. */
import { fullExportId, projectOwner } from '../../config';
import { requireOwner } from '../../definitions/define';
import type { Read } from '../../definitions/read-definition';
import { CoreError } from '../../errors';
import { newSortedVendorId } from '../../runtime/ids';
import type { ApiCore } from '../api-core';
import { isConnector, toConnector, type Connector, type ConnectorDefinition } from './connector';
import { changedExport, inTheirWords, newExport, requireReachable } from './connector-export';
import type { ConnectorChange, NewConnector } from './connector-input';
import { setStatus, whilePaused } from './connector-status';

/** Connectors of a project (D4). */
const MAX_CONNECTORS = 10;

/** Which connector, and how much of it is shown. */
export interface ConnectorOf {
	readonly project: string;
	/** Its id in the project. */
	readonly connector: string;
	/** Whether the caller sees its secrets (D58). */
	readonly showsSecrets: boolean;
}

type Where = Pick<ConnectorOf, 'project' | 'connector'>;

export function exportIdOf({ project, connector }: Where): string {
	return fullExportId({ receiverId: projectOwner(project), id: connector });
}

/** @throws CoreError ERR_CONNECTOR_UNKNOWN */
export async function requireConnector(
	{ stored }: ApiCore,
	where: Where,
): Promise<Read<'export'> & { readonly definition: ConnectorDefinition }> {
	const found = await stored.find('export', exportIdOf(where));
	if (!found || !isConnector(found.definition)) throw unknown(where);
	return { ...found, definition: found.definition };
}

/** @throws CoreError ERR_CONNECTOR_UNKNOWN */
export async function showConnector(core: ApiCore, of: ConnectorOf): Promise<Connector> {
	const id = exportIdOf(of);
	const { stored, pipeline } = core;
	const found = await (of.showsSecrets ? stored.reveal('export', id) : stored.find('export', id));
	if (!found || !isConnector(found.definition)) throw unknown(of);
	const known = await pipeline.store.getExport(id);
	return toConnector(found.definition, known?.state ?? found.definition.config.state);
}

/** All connectors of a project, by id: those that were made here in the order in which they were made (D77). */
export async function listConnectors(
	core: ApiCore,
	{ project, showsSecrets }: Pick<ConnectorOf, 'project' | 'showsSecrets'>,
): Promise<Connector[]> {
	const { good } = await core.stored.list('export');
	const its = good.filter(
		({ definition }) =>
			isConnector(definition) && definition.config.receiverId === projectOwner(project),
	);
	const shown = await Promise.all(
		its.map(async ({ definition }) => {
			const of = { project, connector: definition.config.id, showsSecrets };
			return showConnector(core, of).catch((error: unknown) => {
				// Removed meanwhile.
				if (error instanceof CoreError && error.code === 'ERR_CONNECTOR_UNKNOWN') return [];
				throw error;
			});
		}),
	);
	return shown.flat();
}

/** @returns its id in the project. @throws ConfigError; as putExport */
export async function addConnector(
	core: ApiCore,
	project: string,
	given: NewConnector,
): Promise<string> {
	const { stored, access, maxConnectors = MAX_CONNECTORS } = core;
	const connector = newSortedVendorId(access.clock.now());
	const export_ = newExport(project, connector, given);
	await inTheirWords(async () => {
		requireReachable(given.url, stored.reachOf(export_));
		await stored.putExport(export_, { ifRevision: 0, atMost: maxConnectors });
	});
	return connector;
}

/** Of several that change one connector at once, each leaf gets the newest change. */
const MAX_TRIES = 20;

/** @throws CoreError ERR_CONNECTOR_UNKNOWN, ERR_DEFINITION_HELD for one that a node has; ConfigError; as putExport */
export async function changeConnector(
	core: ApiCore,
	where: Where,
	wanted: ConnectorChange,
): Promise<void> {
	const { status, ...rest } = wanted;
	const isOff = status === 'USER_DISABLED';
	requireOwner((await requireConnector(core, where)).definition, API);
	const id = exportIdOf(where);
	if (Object.keys(rest).length > 0) {
		const change = () => changeDefinition(core, where, rest);
		// Nothing more is sent to an address that changes together with it.
		await (isOff ? whilePaused(core.pipeline, id, change) : change());
	}
	if (status !== undefined) await setStatus(core.pipeline, id, status);
}

async function changeDefinition(
	core: ApiCore,
	where: Where,
	change: ConnectorChange,
): Promise<void> {
	for (let tries = 1; ; tries++) {
		const { definition, revision } = await requireConnector(core, where);
		const export_ = changedExport(definition, change);
		try {
			return await inTheirWords(async () => {
				if (change.url !== undefined) requireReachable(change.url, core.stored.reachOf(export_));
				await core.stored.putExport(export_, { ifRevision: revision });
			});
		} catch (error) {
			const isLate = error instanceof CoreError && error.code === 'ERR_DOCUMENT_CONFLICT';
			if (!isLate || tries === MAX_TRIES) throw error;
		}
	}
}

/** With what waits (D72). @throws CoreError ERR_CONNECTOR_UNKNOWN, ERR_DEFINITION_HELD; as removeExport */
export async function removeConnector(core: ApiCore, where: Where): Promise<void> {
	await requireConnector(core, where);
	await core.stored.removeExport(exportIdOf(where), 'drop');
}

const API = { origin: 'api', label: 'the API' } as const;

function unknown({ project, connector }: Where): CoreError {
	return new CoreError('ERR_CONNECTOR_UNKNOWN', 'there is no such data connector', {
		details: { project, connector },
	});
}
