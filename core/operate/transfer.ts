/**
 * Rows on their way from one export to another, in this store or another one: batch by batch, each gone from there when it is on disk
 * here. They are appended with keys that name their batch: killed in between, the same come again and are known, so that a transfer
 * that is begun again goes on where it ended and doubles nothing.
 */
import type { AppendedEvent, Batch, DeadLetter, Row, Store, StoredRow } from '../buffer/store';
import { BufferError, CoreError, ERROR_CODES } from '../errors';

/** How long it is known what has arrived: what was killed may be begun again within it. */
const KNOWN_MS = 7 * 24 * 3_600_000;
/** How long a batch may take on its way; after a kill it can be claimed again this much later (of a sqlite store, when it is opened). */
const TRANSFER_LEASE_MS = 60_000;
/** Claimed and settled together, since each by itself would wait for the disk; and dead letters of one look. */
const AT_ONCE = 32;
/** Of one append, and of one dead letter: a longer one becomes several. A store takes 8 MB at once. */
const PART_BYTES = 4 * 1024 ** 2;
/** Of a row beside its texts and payload, at most. */
const HEAD_BYTES = 100;

export interface Transfer {
	readonly from: { readonly store: Store; readonly exportId: string; readonly isStrict: boolean };
	/** The receiver is that whose keys the rows are known by. */
	readonly to: { readonly store: Store; readonly exportId: string; readonly receiverId: string };
	/** Default TRANSFER_LEASE_MS. */
	readonly leaseMs?: number | undefined;
	/** Before what names a batch, in the key that its rows are known by. */
	readonly prefix: string;
	/** Mapping revision of the rows there, of those that were mapped. Throws where they do not fit. */
	revisionOf(of: Batch | DeadLetter): number | Promise<number>;
}

/** All that waits and all batches but those that somebody has; they wait there. @returns how many rows */
export async function transferBatches(transfer: Transfer): Promise<number> {
	const { store } = transfer.from;
	for (let taken = 0; ;) {
		const batches = await claimSome(transfer);
		if (batches.length === 0) return taken;
		try {
			const pending = new PendingAppend(transfer);
			for (const batch of batches) {
				const revision = await pending.revisionOf(batch);
				for await (const slice of batch.rows()) {
					taken += slice.length;
					const rows = slice.map((row) => toRow(transfer, row, revision));
					await pending.add(`${batch.idempotencyKey}/${slice[0]?.rowId}`, { rows }, rows);
				}
			}
			await pending.flush();
		} catch (error) {
			await release(store, batches);
			throw error;
		}
		await Promise.all(batches.map(({ lease }) => store.settle(lease, { kind: 'ack' })));
	}
}

async function claimSome({ from, leaseMs = TRANSFER_LEASE_MS }: Transfer): Promise<Batch[]> {
	const { store, exportId, isStrict } = from;
	// One that is being removed goes with its last row.
	if ((await store.getExport(exportId)) === undefined) return [];
	await store.retryNow(exportId);
	const owner = `carry-${process.pid}`;
	const o = { owner, leaseMs, flush: true, regardless: true };
	const claims = Array.from({ length: isStrict ? 1 : AT_ONCE }, () => store.claim(exportId, o));
	const claimed = await Promise.allSettled(claims);
	const batches = claimed.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
	const failed = claimed.find((one) => one.status === 'rejected');
	if (failed === undefined) return batches;
	await release(store, batches);
	throw failed.reason;
}

/** Where that fails too their leases end by themselves. */
async function release(store: Store, batches: readonly Batch[]): Promise<void> {
	await Promise.allSettled(batches.map(({ lease }) => store.settle(lease, { kind: 'release' })));
}

/** All dead letters but those whose rows cannot be read, with their errors and attempts. @returns how many */
export async function transferDead(transfer: Transfer): Promise<{ letters: number; rows: number }> {
	const { store, exportId } = transfer.from;
	const taken = { letters: 0, rows: 0 };
	for (let offset = 0; ;) {
		const letters = await store.deadLetters({ exportId, limit: AT_ONCE, offset });
		const pending = new PendingAppend(transfer);
		const arrived: DeadLetter[] = [];
		for (const letter of letters) {
			if (await addLetter(transfer, pending, letter)) arrived.push(letter);
			else offset++;
		}
		await pending.flush();
		const purged = await Promise.all(arrived.map(({ batchId }) => store.purge({ batchId })));
		taken.letters += arrived.length;
		taken.rows += purged.reduce((sum, { rows }) => sum + rows, 0);
		if (letters.length < AT_ONCE) return taken;
	}
}

/** What is still in an export, wherever it is. */
export async function countLeft(store: Store, exportId: string): Promise<number> {
	const counters = (await store.counters()).find((one) => one.exportId === exportId);
	const { rows = 0, openRows = 0, deadRows = 0 } = counters ?? {};
	return rows + openRows + deadRows;
}

/** @returns false where the letter cannot be read: it names rows that are lost */
async function addLetter(
	transfer: Transfer,
	pending: PendingAppend,
	letter: DeadLetter,
): Promise<boolean> {
	const error = errorOf(letter);
	const { attempts, idempotencyKey } = letter;
	const { answer } = letter.error;
	const revision = await pending.revisionOf(letter);
	let part = 0;
	let rows: Row[] = [];
	let bytes = 0;
	const add = async () => {
		const dead = [{ rows, error, answer, attempts }];
		await pending.add(`${idempotencyKey}/dead/${part++}`, { rows: [], dead }, rows);
		[rows, bytes] = [[], 0];
	};
	try {
		for await (const slice of letter.rows()) {
			for (const stored of slice) {
				const row = toRow(transfer, stored, revision);
				const length = lengthOf(row);
				if (rows.length > 0 && bytes + length > PART_BYTES) await add();
				rows.push(row);
				bytes += length;
			}
		}
	} catch (thrown) {
		if (thrown instanceof CoreError && thrown.code === 'ERR_STORE_CORRUPT') return false;
		throw thrown;
	}
	if (rows.length > 0) await add();
	return true;
}

/** Events of few bytes go together. */
class PendingAppend {
	readonly #transfer: Transfer;
	#events: AppendedEvent[] = [];
	#bytes = 0;
	/** Of what was added last: its revision here, and there. */
	#revision: { readonly here: number; readonly there: number } | undefined;

	constructor(transfer: Transfer) {
		this.#transfer = transfer;
	}

	/** A new revision there can end one that nothing uses: what is on its way goes first. */
	async revisionOf(of: Batch | DeadLetter): Promise<number> {
		const here = of.mappingRevision;
		if (this.#revision?.here === here) return this.#revision.there;
		await this.flush();
		const there = await this.#transfer.revisionOf(of);
		this.#revision = { here, there };
		return there;
	}

	async add(
		name: string,
		event: Omit<AppendedEvent, 'dedupeKeys'>,
		rows: readonly Row[],
	): Promise<void> {
		const bytes = rows.reduce((sum, row) => sum + lengthOf(row), 0);
		if (this.#bytes + bytes > PART_BYTES) await this.flush();
		const key = `${this.#transfer.prefix}${name}`;
		this.#events.push({ ...event, dedupeKeys: [{ key, windowMs: KNOWN_MS }] });
		this.#bytes += bytes;
	}

	async flush(): Promise<void> {
		if (this.#events.length === 0) return;
		const { store, receiverId } = this.#transfer.to;
		await store.append({ receiverId, events: this.#events });
		[this.#events, this.#bytes] = [[], 0];
	}
}

/** It waits to be given a row id there. */
function toRow({ to }: Transfer, { rowId: _, ...row }: StoredRow, mappingRevision: number): Row {
	return { ...row, exportId: to.exportId, mappingRevision };
}

function lengthOf({ payload, eventId, sequenceKey = '' }: Row): number {
	return HEAD_BYTES + payload.length + 3 * (eventId.length + sequenceKey.length);
}

function errorOf({ error: { code, message } }: DeadLetter): CoreError {
	const known = ERROR_CODES.find((one) => one === code);
	return new BufferError(known ?? 'ERR_DELIVERY_EXHAUSTED', message);
}
