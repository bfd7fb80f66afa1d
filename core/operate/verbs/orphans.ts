import { forgetDefinition } from '../../definitions/forget-definition';
import { forgetReceiverWithoutExports } from '../../definitions/forget-receiver';
import { readLastAttached } from '../../definitions/last-attached';
import { listDefinitions } from '../../definitions/list-definitions';
import { ConfigError } from '../../errors';
import type { ExportSnapshot } from '../export-snapshot';
import { readElsewhere } from '../../pipeline/presence';
import { requireExport, type Operable } from '../operable';
import { isOrphan, takeSnapshot } from '../snapshot';
import { ask, type Confirm, type Question } from './confirm';
import { countersOf } from './counters-of';

/** A buffer that nobody holds, with what its definition says. */
export interface Orphan extends ExportSnapshot {
	/** Label of the node or API that had it. */
	readonly lastHolder?: string;
	/** When it was attached last, up to a day too early; milliseconds since the Unix epoch. */
	readonly lastAttachedAt?: number;
}

/** What the store knows and no living process holds: rows that wait for a node or workflow that was removed, renamed or is not active. */
export async function listOrphans(on: Operable): Promise<Orphan[]> {
	const { documents } = on.store;
	const [{ exports }, defined, attached] = await Promise.all([
		takeSnapshot(on),
		listDefinitions(documents, 'export'),
		readLastAttached(documents, 'export'),
	]);
	const definitions = new Map(defined.good.map(({ definition }) => [definition.id, definition]));
	return exports.filter(isOrphan).map((one) => {
		const { config, holder } = definitions.get(one.exportId) ?? {};
		const lastAttachedAt = attached.get(one.exportId)?.at;
		return {
			...one,
			...(config ? { label: config.label } : {}),
			...(holder ? { lastHolder: holder.label } : {}),
			...(lastAttachedAt === undefined ? {} : { lastAttachedAt }),
		};
	});
}

/**
 * Removes a buffer that nobody holds, with all that is left of it, counted; with the last one of a receiver that nobody holds what is
 * kept of that, too. Without a confirmation of at least as many rows nothing is
 * done.
 *
 * @throws ConfigError for one that is held
 */
export async function removeOrphan(
	on: Operable,
	exportId: string,
	o: { readonly confirm?: Confirm | undefined } = {},
): Promise<Question | { exportId: string; removed: true; rows: number }> {
	const { receiverId } = await requireExport(on, exportId);
	await requireOrphan(on, [exportId], 'exportId');
	const { rows = 0, openRows = 0, deadRows = 0 } = (await countersOf(on, exportId)) ?? {};
	const all = rows + openRows + deadRows;
	const question = ask(o.confirm, all, `removing "${exportId}" removes what is left of it`);
	if (question) return question;
	await forgetDefinition(on.store.documents, { kind: 'export', id: exportId });
	await on.store.removeExport(exportId, 'drop');
	const isHeld = on.held?.().receivers.some(({ id }) => id === receiverId);
	if (!isHeld) await forgetReceiverWithoutExports(on.store, receiverId);
	return { exportId, removed: true, rows: all };
}

/** @throws ConfigError naming who holds one of them, here or in another living process */
export async function requireOrphan(
	on: Operable,
	exportIds: readonly string[],
	path: string,
): Promise<void> {
	const held = on.held?.();
	const elsewhere = await readElsewhere(on.store);
	for (const exportId of exportIds) {
		const label = held?.exports.get(exportId)?.holder;
		const other = elsewhere?.get(exportId)?.process;
		if (label === undefined && other === undefined) continue;
		const holder = label === undefined ? `process ${other}` : `"${label}"`;
		throw new ConfigError(path, `a buffer that nobody holds: "${exportId}" is held by ${holder}`);
	}
}
