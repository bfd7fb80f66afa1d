import { fullExportId } from '../../config';
import type { Store } from '../../buffer/store';
import { ConfigError } from '../../errors';
import type { Operable } from '../operable';
import { ask, type Confirm, type Question } from '../verbs/confirm';
import { requireOrphan } from '../verbs/orphans';
import { countDocuments, type DocumentName, moveDocuments } from './move-documents';
import { moveExport, type MovedExport } from './move-export';
import { moveReceivers } from './move-receiver';

export interface Moved {
	/** Ids of the stores. */
	readonly from: string;
	readonly to: string;
	readonly exports: readonly MovedExport[];
	/** Rows that wait there now, and that are dead letters there. */
	readonly rows: number;
	readonly deadLetters: number;
	readonly deadRows: number;
	readonly latest: number;
	/** Known keys, which stay here until their windows end. */
	readonly keys: number;
	readonly documents: number;
	/** Documents that are other ones there, and those that cannot be read: they stay as they are. */
	readonly conflicts: readonly DocumentName[];
	readonly damaged: readonly DocumentName[];
	/** What is still here. */
	readonly left: { readonly rows: number; readonly documents: number };
}

/**
 * Brings all of a store into another one, of any kind: exports with their rows in order, states and dead letters, latest events, known
 * keys, documents. Rows keep when and as which event they came, how they are laid out, sequence key and operation; they get row ids
 * behind those that they had, and new idempotency keys, and begin with their first attempt. An export that is there already stays as it
 * is and gets the rows behind its own. What has arrived goes from here; killed and begun again, it goes on where it ended and doubles
 * nothing (for seven days). Without a confirmation of at least as many rows nothing is done.
 *
 * @param open the other store, opened when it is needed
 * @param o.leaseMs how long a batch may take on its way, default a minute
 * @throws ConfigError where somebody holds any export here or one of them there, and for the same store or a copy of it
 */
export async function move(
	from: Operable,
	open: () => Promise<Operable>,
	o: { readonly confirm?: Confirm | undefined; readonly leaseMs?: number } = {},
): Promise<Question | Moved> {
	const { store } = from;
	const exports = await store.listExports();
	const ids = exports.map(fullExportId);
	await requireOrphan(from, ids, 'from');
	const question = await askToMove(store, exports.length, o.confirm);
	if (question) return question;
	const to = await open();
	if (to.store.id === store.id)
		throw new ConfigError('to', 'another store: this is the same one, or a copy of it');
	await requireOrphan(to, ids, 'to');
	// Those of receivers are known by their definitions, which go last.
	const receivers = await moveReceivers(store, to.store);
	const moved: MovedExport[] = [];
	for (const one of exports) {
		const result = await moveExport(store, to.store, one, o.leaseMs);
		moved.push(result);
		if (result.left === 0) await removeEmpty(store, result.exportId);
	}
	const { documents, conflicts, damaged } = await moveDocuments(store, to.store);
	to.claimDue?.();
	const sum = (of: (one: MovedExport) => number) => moved.reduce((all, one) => all + of(one), 0);
	return {
		from: store.id,
		to: to.store.id,
		exports: moved,
		rows: sum(({ rows }) => rows),
		deadLetters: sum(({ deadLetters }) => deadLetters),
		deadRows: sum(({ deadRows }) => deadRows),
		...receivers,
		documents,
		conflicts,
		damaged,
		left: { rows: sum(({ left }) => left), documents: conflicts.length + damaged.length },
	};
}

/** One that was being removed has gone with its last row. */
async function removeEmpty(store: Store, exportId: string): Promise<void> {
	if (await store.getExport(exportId)) await store.removeExport(exportId, 'drop');
}

async function askToMove(
	store: Store,
	exports: number,
	confirm: Confirm | undefined,
): Promise<Question | undefined> {
	const counters = await store.counters();
	const rows = counters.reduce((all, one) => all + one.rows + one.openRows + one.deadRows, 0);
	const documents = await countDocuments(store);
	const what = `moving takes ${exports} exports and ${documents} documents from here and brings them there`;
	return ask(confirm, rows, what);
}
