import { fitsBatch } from './export-rules';
import { SortedRows } from './sorted-rows';

/** A row that a claim has passed over, since its key was busy. */
export interface HeldRow {
	/** Rises in the order in which rows were appended. */
	readonly seq: number;
	/** The name of its key (key-bytes.ts). */
	readonly key: string;
	readonly mappingRevision: number;
	readonly sizeBytes: number;
	/** Store time. */
	readonly arrivedAt: number;
}

/** An open batch that has rows of a key. */
interface Owner {
	readonly number: number;
	/** The number of the batch that its rows were in first: it keeps that place through splits. */
	readonly place: number;
}

/**
 * Of one export which keys its open batches have, and which rows are held for them (I22). In memory: a store that outlives its process
 * builds it anew of what it keeps. Batches are added under order key alone; what is held stays held when the order becomes another one.
 *
 * Two batches share a key only where they were made under another order: the one that comes later is blocked then.
 */
export class KeyOrder<Held extends HeldRow> {
	/** Never an empty list. */
	readonly #owners = new Map<string, Owner[]>();
	readonly #keysOf = new Map<number, readonly string[]>();
	/** Batches that share a key with an earlier one. */
	readonly #blocked = new Set<number>();
	/** Never an empty list. */
	readonly #held = new Map<string, SortedRows<Held>>();
	/** Keys of which rows are held and that no batch has. */
	readonly #ready = new Set<string>();
	#oldest: Held | undefined;
	#isOldestKnown = true;

	/** An open batch has these keys now, each named once. */
	addBatch(number: number, place: number, keys: readonly string[]): void {
		if (keys.length === 0) return;
		const owner = { number, place };
		this.#keysOf.set(number, keys);
		for (const key of keys) {
			this.#ready.delete(key);
			const owners = this.#owners.get(key);
			if (owners === undefined) {
				this.#owners.set(key, [owner]);
				continue;
			}
			owners.push(owner);
			owners.sort((a, b) => a.place - b.place || a.number - b.number);
			for (const later of owners.slice(1)) this.#blocked.add(later.number);
		}
	}

	/** It is open no more. */
	removeBatch(number: number): void {
		const keys = this.#keysOf.get(number);
		if (keys === undefined) return;
		this.#keysOf.delete(number);
		this.#blocked.delete(number);
		for (const key of keys) {
			const left = (this.#owners.get(key) ?? []).filter((owner) => owner.number !== number);
			const [first] = left;
			if (first === undefined) {
				this.#owners.delete(key);
				if (this.#held.has(key)) this.#ready.add(key);
				continue;
			}
			this.#owners.set(key, left);
			if (this.#isFirstOfAll(first.number)) this.#blocked.delete(first.number);
		}
	}

	#isFirstOfAll(number: number): boolean {
		const keys = this.#keysOf.get(number) ?? [];
		return keys.every((key) => this.#owners.get(key)?.[0]?.number === number);
	}

	/** The order is another one: no batch holds up rows of its keys any more. */
	forgetBatches(): void {
		this.#owners.clear();
		this.#keysOf.clear();
		this.#blocked.clear();
		for (const key of this.#held.keys()) this.#ready.add(key);
	}

	/** Whether a row of this key would go before others of it: a batch has some, or some are held. */
	isBusy(key: string): boolean {
		return this.#owners.has(key) || this.#held.has(key);
	}

	/** Whether an earlier batch has to be settled first. */
	isBlocked(number: number): boolean {
		return this.#blocked.has(number);
	}

	get blockedCount(): number {
		return this.#blocked.size;
	}

	/** Whether a claim can give held rows now. */
	get hasReady(): boolean {
		return this.#ready.size > 0;
	}

	hold(row: Held): void {
		const rows = this.#held.get(row.key) ?? new SortedRows<Held>();
		this.#held.set(row.key, rows);
		rows.add(row);
		if (!this.#owners.has(row.key)) this.#ready.add(row.key);
		if (this.#isOldestKnown && (this.#oldest === undefined || row.seq < this.#oldest.seq))
			this.#oldest = row;
	}

	/** Takes ready rows for one batch, of one mapping revision: key by key, the key whose first row is oldest before the others. */
	takeReady(limits: { readonly count: number; readonly sizeBytes: number }): Held[] {
		const taken: Held[] = [];
		let bytes = 0;
		for (const rows of this.#readyInOrder()) {
			for (const row of rows) {
				if (row.mappingRevision !== (taken[0] ?? row).mappingRevision) break;
				bytes += row.sizeBytes;
				if (!fitsBatch(limits, taken.length + 1, bytes)) return this.#remove(taken);
				taken.push(row);
			}
		}
		return this.#remove(taken);
	}

	#readyInOrder(): SortedRows<Held>[] {
		const ready = Array.from(this.#ready, (key) => this.#held.get(key) ?? new SortedRows<Held>());
		return ready.sort((a, b) => (a.first?.seq ?? 0) - (b.first?.seq ?? 0));
	}

	/** All that are held, oldest first. */
	all(): Held[] {
		return [...this.#held.values()].flatMap((rows) => [...rows]).sort((a, b) => a.seq - b.seq);
	}

	get oldest(): Held | undefined {
		if (!this.#isOldestKnown) {
			this.#oldest = undefined;
			for (const { first } of this.#held.values()) {
				if (first && (this.#oldest === undefined || first.seq < this.#oldest.seq))
					this.#oldest = first;
			}
			this.#isOldestKnown = true;
		}
		return this.#oldest;
	}

	/** Takes those out that match. @returns them, oldest first */
	removeWhere(matches: (row: Held) => boolean): Held[] {
		if (this.#held.size === 0) return [];
		return this.#remove(this.all().filter(matches));
	}

	#remove(gone: Held[]): Held[] {
		for (const row of gone) {
			const rows = this.#held.get(row.key);
			rows?.remove(row);
			if (row === this.#oldest) this.#isOldestKnown = false;
			if (rows?.first !== undefined) continue;
			this.#held.delete(row.key);
			this.#ready.delete(row.key);
		}
		return gone;
	}
}

/** Cuts rows into groups that may be one batch each: within the limits (I12), of one mapping revision. */
export function* groupRows<Row extends Pick<HeldRow, 'mappingRevision' | 'sizeBytes'>>(
	rows: readonly Row[],
	limits: { readonly count: number; readonly sizeBytes: number },
): Generator<Row[]> {
	let group: Row[] = [];
	let bytes = 0;
	for (const row of rows) {
		const isOther = row.mappingRevision !== (group[0] ?? row).mappingRevision;
		if (isOther || !fitsBatch(limits, group.length + 1, bytes + row.sizeBytes)) {
			if (group.length > 0) yield group;
			group = [];
			bytes = 0;
		}
		group.push(row);
		bytes += row.sizeBytes;
	}
	if (group.length > 0) yield group;
}
