import { ConfigError, CoreError, BufferError, ERROR_CODES } from '../../errors';
import { canonicalJson } from '../../pure/canonical-json';
import {
	UNMAPPED_REVISION,
	type Batch,
	type DeadLetter,
	type KnownExport,
	type Row,
	type StoredRow,
} from '../../buffer/store';
import { requireExport, type Operable } from '../operable';
import { countersOf } from './counters-of';
import { requireOrphan } from './orphans';

/** How long a batch may take on its way; after a kill it can be claimed again this much later. */
const LEASE_MS = 60_000;
/** How long it is known what has arrived: an adoption that was killed may be begun again within it. */
const KNOWN_MS = 7 * 24 * 3_600_000;

export interface Adopted {
	readonly exportId: string;
	readonly to: string;
	/** Rows that wait in the other buffer now, and that are dead letters there. */
	readonly rows: number;
	readonly deadRows: number;
	/** Rows that could not be taken now: a batch is with somebody. Adopt again when its lease has ended, after a minute at most. */
	readonly left: number;
}

/**
 * Brings all rows of a buffer that nobody holds into another one of the same store, which delivers them as its own: with row ids and
 * idempotency keys of its own, after what waits there, from the first attempt. Dead letters stay dead, each row by itself. What is left
 * empty is removed.
 *
 * A batch goes from there when it is on disk here. Killed in between, the same rows come again and are known by their batch, so that
 * adopting again goes on where it ended and doubles nothing (for seven days).
 *
 * @throws ConfigError where the buffer is held here, or its rows were made by other columns than those of `to`
 */
export async function adopt(on: Operable, exportId: string, to: string): Promise<Adopted> {
	const [from, target] = [await requireExport(on, exportId), await requireExport(on, to)];
	if (exportId === to) throw new ConfigError('to', 'another buffer', to);
	requireOrphan(on, exportId, 'exportId');
	requireAlike(exportId, from, to, target);
	// Only an active one gives its batches.
	if (from.state !== 'ACTIVE') await on.store.setState(exportId, 'ACTIVE');
	let left: number | undefined;
	try {
		const rows = await adoptBatches(on, exportId, to, target);
		const deadRows = await adoptDead(on, exportId, to, target);
		const { rows: waiting = 0, openRows = 0 } = (await countersOf(on, exportId)) ?? {};
		left = waiting + openRows;
		if (left === 0) await on.store.removeExport(exportId, 'drop');
		on.wake?.();
		return { exportId, to, rows, deadRows, left };
	} finally {
		// As it was, should it come back.
		if (left !== 0 && from.state !== 'ACTIVE') await on.store.setState(exportId, from.state);
	}
}

async function adoptBatches(
	on: Operable,
	exportId: string,
	to: string,
	target: KnownExport,
): Promise<number> {
	const { store } = on;
	let taken = 0;
	for (;;) {
		await store.retryNow(exportId);
		const owner = `adopt-${process.pid}`;
		const batch = await store.claim(exportId, { owner, leaseMs: LEASE_MS, flush: true });
		if (!batch) return taken;
		try {
			requireAlike(exportId, batch, to, target);
			for await (const slice of batch.rows())
				await append(on, target, to, `${batch.idempotencyKey}/${slice[0]?.rowId}`, {
					rows: slice.map((row) => rowOf(row, to, target)),
				});
		} catch (error) {
			// Where that fails too its lease ends by itself.
			await store.settle(batch.lease, { kind: 'release' }).catch(() => {});
			throw error;
		}
		await store.settle(batch.lease, { kind: 'ack' });
		taken += batch.count;
	}
}

async function adoptDead(
	on: Operable,
	exportId: string,
	to: string,
	target: KnownExport,
): Promise<number> {
	let taken = 0;
	for (;;) {
		const [letter] = await on.store.deadLetters({ exportId, limit: 1 });
		if (!letter) return taken;
		const error = errorOf(letter);
		for await (const slice of letter.rows())
			await append(on, target, to, `${letter.batchId}/${letter.deadAt}/${slice[0]?.rowId}`, {
				rows: [],
				dead: slice.map((row) => ({ row: rowOf(row, to, target), error })),
			});
		taken += (await on.store.purge({ batchId: letter.batchId })).rows;
	}
}

async function append(
	{ store }: Operable,
	{ receiverId }: KnownExport,
	to: string,
	part: string,
	what: { readonly rows: readonly Row[]; readonly dead?: { row: Row; error: CoreError }[] },
): Promise<void> {
	const dedupeKeys = [{ key: `adopt:${to}:${part}`, windowMs: KNOWN_MS }];
	await store.append({ receiverId, events: [{ dedupeKeys, ...what }] });
}

/** Waits to be given a row id by the other buffer. One that was never mapped stays so. */
function rowOf({ rowId: _, ...row }: StoredRow, to: string, target: KnownExport): Row {
	const isMapped = row.mappingRevision !== UNMAPPED_REVISION;
	const mappingRevision = isMapped ? target.mappingRevision : UNMAPPED_REVISION;
	return { ...row, exportId: to, mappingRevision };
}

/** Rows are read by the columns of the buffer they are in. */
function requireAlike(
	exportId: string,
	from: Pick<Batch, 'output' | 'columns'>,
	to: string,
	target: KnownExport,
): void {
	const shape = ({ output, columns }: Pick<Batch, 'output' | 'columns'>) =>
		canonicalJson({ output, columns });
	if (shape(from) === shape(target)) return;
	throw new ConfigError(
		'to',
		`a buffer with the data that rows of "${exportId}" were made by: give "${to}" the same fields or columns, adopt, and change them then`,
	);
}

function errorOf({ error: { code, message } }: DeadLetter): CoreError {
	const known = ERROR_CODES.find((one) => one === code);
	return new BufferError(known ?? 'ERR_DELIVERY_EXHAUSTED', message);
}
