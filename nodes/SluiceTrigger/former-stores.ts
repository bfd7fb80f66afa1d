import type { ITriggerFunctions } from 'n8n-workflow';
import { findLeftBehind, type LeftBehind, type StoreOptions } from '../../core/index';
import { defaultDirectory, loggerOf } from '../shared/store';
import { reportFault } from './report-fault';

/** What the Trigger keeps of itself in n8n (N89): directories in which rows of its may be. No secret is in it. */
interface Memory {
	directories?: string[];
	/** Of PostgreSQL n8n's credential is needed, which the node may not have any more; so it is named once, when it is left. */
	postgresSchema?: string | null;
}

/**
 * Says where rows of this Trigger are that nothing delivers, since its store was changed: in the log, and as a failed execution, which
 * is what n8n shows of a Trigger that runs. Never throws, and delays nobody.
 */
export async function warnOfFormerStores(
	context: ITriggerFunctions,
	store: StoreOptions,
	key: string,
): Promise<void> {
	try {
		const memory = context.getWorkflowStaticData('node') as Memory;
		const former = memory.directories ?? [];
		const directories = new Set([defaultDirectory(), ...former]);
		const found = await findLeftBehind({
			store,
			owners: [key, `items:${key}`],
			places: [...directories].map((directory) => ({ kind: 'sqlite', directory })),
			logger: loggerOf(context),
		});
		const lines = found.map(describe);
		const isOpen = found.some((one) => one.store.kind === 'postgres');
		if (memory.postgresSchema && !isOpen && !isSchema(store, memory.postgresSchema)) {
			lines.push(
				`this Trigger kept its events in PostgreSQL, schema "${memory.postgresSchema}", until now; what waits there stays there`,
			);
		}
		remember(memory, store, found);
		for (const line of lines) {
			reportFault(
				context,
				line,
				'The Trigger runs, with its new store. To deliver the rest choose the former store, publish, wait until the buffers are empty, and change it back; or stop n8n and move all of it (sluice store move).',
			);
		}
	} catch (error) {
		context.logger.warn(
			`Sluice Trigger could not look for rows in former stores: ${String(error)}`,
		);
	}
}

function describe(one: LeftBehind): string {
	if ('error' in one) {
		return `rows of this Trigger may be left in its former store ${one.place}, which cannot be opened (${one.error})`;
	}
	const rows = `${one.waitingRows} waiting, ${one.deadRows} in dead letters`;
	return `rows of this Trigger are left in its former store ${one.place}, from which nothing delivers them: ${rows}`;
}

function isSchema(store: StoreOptions, schema: string): boolean {
	return store.kind === 'postgres' && store.schema === schema;
}

/** Forgets the directories that are empty of its rows. Written only when something changed, since n8n then saves it. */
function remember(memory: Memory, store: StoreOptions, found: readonly LeftBehind[]): void {
	const used = [store, ...found.map((one) => one.store)];
	const directories = [
		...new Set(used.flatMap((one) => (one.kind === 'sqlite' ? [one.directory] : []))),
	].sort();
	if (JSON.stringify(memory.directories) !== JSON.stringify(directories)) {
		memory.directories = directories;
	}
	const schema = store.kind === 'postgres' ? (store.schema ?? '') : null;
	if ((memory.postgresSchema ?? null) !== schema) memory.postgresSchema = schema;
}
