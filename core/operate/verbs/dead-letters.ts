import { BufferError, ConfigError } from '../../errors';
import type { DeadLetter } from '../../buffer/store';
import { limitOf, requireExport, type Operable } from '../operable';
import { showRows, type ShownRow } from './shown-rows';

/** A dead letter as people look at it. Instants are milliseconds since the Unix epoch. */
export interface ShownLetter extends Omit<
	DeadLetter,
	'rows' | 'mappingRevision' | 'output' | 'columns'
> {
	/** The first ones, where they were asked for. */
	readonly rows?: readonly ShownRow[];
}

/**
 * Oldest first.
 *
 * @param o.rows how many of each are shown; default none
 */
export async function listDeadLetters(
	on: Operable,
	o: {
		readonly exportId?: string | undefined;
		readonly limit?: number | undefined;
		readonly offset?: number | undefined;
		readonly rows?: number | undefined;
	} = {},
): Promise<ShownLetter[]> {
	const limit = limitOf(o.limit, 'limit');
	const rows = o.rows === undefined ? 0 : limitOf(o.rows, 'rows');
	const { exportId, offset = 0 } = o;
	if (!Number.isSafeInteger(offset) || offset < 0)
		throw new ConfigError('offset', 'a whole number from 0', offset);
	if (exportId !== undefined) await requireExport(on, exportId);
	const chosen = exportId === undefined ? {} : { exportId };
	const letters = await on.store.deadLetters({ ...chosen, limit, offset });
	const shown: ShownLetter[] = [];
	for (const letter of letters) shown.push(await show(letter, rows));
	return shown;
}

/** One, with its first rows. @throws BufferError ERR_DEAD_LETTER_UNKNOWN */
export async function showDeadLetter(
	on: Operable,
	batchId: string,
	o: { readonly limit?: number | undefined } = {},
): Promise<ShownLetter> {
	const limit = limitOf(o.limit, 'limit');
	const [letter] = isBatchId(batchId) ? await on.store.deadLetters({ batchId }) : [];
	if (!letter) throw unknownLetter(batchId);
	return show(letter, limit);
}

/**
 * Their rows are due again, from the first attempt: of one, or of a buffer, all or those put aside since an instant.
 *
 * @throws BufferError ERR_DEAD_LETTER_UNKNOWN, ERR_EXPORT_UNKNOWN
 */
export async function replay(
	on: Operable,
	choice: { readonly batchId: string } | { readonly exportId: string; readonly since?: number },
): Promise<{ batches: number; rows: number }> {
	if ('exportId' in choice) await requireExport(on, choice.exportId);
	else if (!isBatchId(choice.batchId)) throw unknownLetter(choice.batchId);
	const replayed = await on.store.replay(choice);
	if ('batchId' in choice && replayed.batches === 0) throw unknownLetter(choice.batchId);
	on.claimDue?.();
	return replayed;
}

/** Removes one; `purge` removes all of a buffer. @throws BufferError ERR_DEAD_LETTER_UNKNOWN */
export async function purgeDeadLetter(
	on: Operable,
	batchId: string,
): Promise<{ batchId: string; rows: number }> {
	const purged = isBatchId(batchId) ? await on.store.purge({ batchId }) : { rows: 0 };
	if (purged.rows === 0) throw unknownLetter(batchId);
	return { batchId, ...purged };
}

/** As stores make them; anything else is the id of none. */
function isBatchId(text: string): boolean {
	return /^\d{1,15}$/.test(text);
}

async function show(letter: DeadLetter, limit: number): Promise<ShownLetter> {
	const { rows, mappingRevision: _, output, columns, ...about } = letter;
	if (limit === 0) return about;
	const layout = { output, ...(columns ? { columns } : {}) };
	return { ...about, rows: await showRows(rows(), letter.exportId, layout, limit) };
}

function unknownLetter(batchId: string): BufferError {
	return new BufferError('ERR_DEAD_LETTER_UNKNOWN', `there is no dead letter "${batchId}"`, {
		details: {
			advice: 'List the dead letters: it may have been replayed, purged, or older than 7 days.',
		},
	});
}
