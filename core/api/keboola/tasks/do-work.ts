import type { StoredDefinitions } from '../../../pipeline/stored-definitions';
import type { ApiTables } from '../../api-tables';
import { checkTable, databaseOf } from '../check-table';
import { changedBy, exportIdOf, exportOf } from '../export-of';
import { exportExists, receiverExists, storeId } from '../keboola-ids';
import { listReceivers, requireExport, requireReceiver } from '../project-receivers';
import { receiverOf } from '../receiver-of';
import type { Work } from './task';

export interface WorkPorts {
	readonly stored: Pick<StoredDefinitions, 'list' | 'putReceiver' | 'putExport' | 'removeReceiver'>;
	readonly tables?: ApiTables | undefined;
}

interface How {
	/** What is there already was made by this work before the process ended. */
	readonly isResumed: boolean;
	/** Too long, or `closing`. */
	readonly signal: AbortSignal;
	/** The process ends, and the next one goes on. */
	readonly closing: AbortSignal;
}

/** All of it, or nothing stays. @throws why it cannot be done */
export async function doWork(work: Work, ports: WorkPorts, how: How): Promise<void> {
	switch (work.type) {
		case 'receiver.create':
			return createReceiver(work, ports, how);
		case 'export.create':
			return createExport(work, ports, how);
		case 'export.update':
			return updateExport(work, ports, how);
	}
}

async function createReceiver(
	{ project, receiverId, wanted }: Extract<Work, { type: 'receiver.create' }>,
	{ stored, tables }: WorkPorts,
	{ isResumed, signal, closing }: How,
): Promise<void> {
	const id = storeId(project, receiverId);
	const given = wanted.exports ?? [];
	const exports = given.map((one) =>
		exportOf(one, { receiverId: id, database: databaseOf(tables, project) }),
	);
	for (const one of exports) {
		if (tables) await checkTable(one, { tables, source: id, signal });
	}
	const found = (await listReceivers(stored, project)).find((one) => one.id === receiverId);
	if (found && !isResumed) throw receiverExists(receiverId);
	if (!found) await stored.putReceiver(receiverOf(wanted, project), { ifRevision: 0 });
	const has = new Set(found?.exports.map(({ definition: { config } }) => config.id));
	try {
		for (const one of exports) {
			signal.throwIfAborted();
			if (!has.has(one.config.id)) await stored.putExport(one, { ifRevision: 0 });
		}
	} catch (error) {
		if (!closing.aborted) await stored.removeReceiver(id, 'drop');
		throw error;
	}
}

async function createExport(
	{ project, receiverId, wanted }: Extract<Work, { type: 'export.create' }>,
	{ stored, tables }: WorkPorts,
	{ isResumed, signal }: How,
): Promise<void> {
	const { definition, exports } = await requireReceiver(stored, project, receiverId);
	const id = exportIdOf(wanted);
	if (exports.some(({ definition: { config } }) => config.id === id)) {
		if (isResumed) return;
		throw exportExists(id);
	}
	const database = databaseOf(tables, project);
	const made = exportOf(wanted, { receiverId: definition.id, database });
	if (tables) await checkTable(made, { tables, source: definition.id, signal });
	await stored.putExport(made, { ifRevision: 0 });
}

async function updateExport(
	{ project, receiverId, exportId, wanted, revision }: Extract<Work, { type: 'export.update' }>,
	{ stored, tables }: WorkPorts,
	{ isResumed, signal }: How,
): Promise<void> {
	const receiver = await requireReceiver(stored, project, receiverId);
	const { definition } = requireExport(receiver, exportId);
	const changed = changedBy(wanted, { config: definition.config, sink: definition.sink });
	if (wanted.mapping && tables) {
		await checkTable(changed, { tables, source: definition.id, signal });
	}
	// What this work has made itself is no change by somebody else.
	await stored.putExport(changed, isResumed ? {} : { ifRevision: revision });
}
