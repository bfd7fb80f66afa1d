import type { LatestEvent } from '../../core/buffer/latest';
import type { Counters, EndpointAnswer, Lease, StoredExport } from '../../core/buffer/store';
import { answerBytesOf, type ModelFailure } from './store-model-failures';

/**
 * The contract of a store as plain lists (S78): what has to be true, without disk, chunks, groups or sharing. It shares no code
 * with the stores. Where the contract leaves a choice (batches that are due at the same instant) the model gives all answers that
 * are right, and takes over the one that the store gave.
 */
export interface ModelRow {
	/** Unique in a run. */
	readonly text: string;
	readonly revision: number;
	readonly receivedAt: number;
	/** Store time. */
	readonly arrivedAt: number;
	/** 0 until the first claim. */
	rowId: number;
	/** Rises with each row. */
	readonly seq: number;
	readonly key: string | undefined;
	/** A claim has passed it over. */
	isHeld: boolean;
	/** Replayed, or left open by another order: it may come after later rows of its key. */
	isLoose: boolean;
}

export interface ModelBatch {
	readonly rows: readonly ModelRow[];
	/** Rises with each batch; the place is that of the batch which its rows were in first. */
	readonly number: number;
	readonly place: number;
	/** Unknown until the store shows it. */
	id: string | undefined;
	key: string | undefined;
	state: 'open' | 'dead';
	token: number;
	attempts: number;
	nextAt: number;
	lease: { readonly lengthMs: number; untilAt: number } | undefined;
	deadAt: number;
	failure: ModelFailure | undefined;
}

type Totals = Record<
	| 'acceptedTotal'
	| 'ackedTotal'
	| 'droppedTotal'
	| 'droppedSinceDisabled'
	| 'purgedTotal'
	| 'buriedTotal',
	number
>;

export interface ModelExport {
	readonly exportId: string;
	config: StoredExport;
	state: Counters['state'];
	revision: number;
	/** Held ones, too. */
	waiting: ModelRow[];
	batches: ModelBatch[];
	nextRowId: number;
	readonly totals: Totals;
}

export interface ModelDocument {
	/** 0 while there is none. */
	revision: number;
	/** The highest that it ever had. */
	lastRevision: number;
	value: number;
}

/** A lease that the store gave, and of what; most of them are stale. */
export interface GivenLease {
	readonly exportId: string;
	readonly lease: Lease;
	readonly texts: readonly string[];
	/** Reads the batch again, as long as the handle is open that gave it. */
	rows: (() => AsyncIterable<{ payload: Uint8Array; rowId: number }[]>) | undefined;
}

export class Model {
	readonly exports = new Map<string, ModelExport>();
	/** Key of a producer → the end of its window, store time. */
	readonly dedupe = new Map<string, number>();
	readonly documents = new Map<number, ModelDocument>();
	readonly #latest = new Map<string, LatestEvent>();
	readonly leases: GivenLease[] = [];
	/** Ids and keys of all batches that were ever shown (I20). */
	readonly shownIds = new Set<string>();
	readonly acked = new Set<string>();
	/** Store time: it only goes on, by as much as the wall clock does when that goes forward (I17). */
	nowAt: number;
	nextSeq = 1;
	#wallAt: number;
	#nextText = 0;
	#nextBatch = 1;

	constructor(wallAt: number) {
		this.nowAt = wallAt;
		this.#wallAt = wallAt;
	}

	passTime(ms: number): void {
		this.#wallAt += ms;
		this.nowAt += Math.max(0, ms);
	}

	toWall(at: number): number {
		return at - (this.nowAt - this.#wallAt);
	}

	fromWall(at: number): number {
		return at + (this.nowAt - this.#wallAt);
	}

	keepLatest(latest: LatestEvent): void {
		const kept = this.#latest.get(latest.key);
		if (kept === undefined || kept.at <= latest.at) this.#latest.set(latest.key, latest);
	}

	latestTexts(): string[] {
		return [...this.#latest.values()]
			.map(({ key, event }) => `${key} ${new TextDecoder().decode(event)}`)
			.sort();
	}

	newText(padding: number): string {
		return `${this.#nextText++}`.padEnd(padding, '.');
	}

	export(exportId: string): ModelExport {
		const found = this.exports.get(exportId);
		if (found === undefined) throw new Error(`the model has no export ${exportId}`);
		return found;
	}

	put(config: StoredExport): number {
		const exportId = `${config.receiverId}/${config.id}`;
		const known = this.exports.get(exportId);
		if (known === undefined) {
			this.exports.set(exportId, {
				exportId,
				config,
				state: config.state,
				revision: 1,
				waiting: [],
				batches: [],
				nextRowId: 1,
				totals: {
					acceptedTotal: 0,
					ackedTotal: 0,
					droppedTotal: 0,
					droppedSinceDisabled: 0,
					purgedTotal: 0,
					buriedTotal: 0,
				},
			});
			return 1;
		}
		if (known.config.output !== config.output) known.revision++;
		if (isByKey({ config }) && !isByKey(known)) {
			for (const { rows } of known.batches.filter(isOpen)) rows.forEach(loosen);
		}
		known.config = config;
		return known.revision;
	}

	/** Everything goes; what is never used again (I20) stays: row ids and revisions. */
	drop(e: ModelExport): void {
		e.batches = [];
		e.waiting = [];
		for (const name of Object.keys(e.totals) as (keyof Totals)[]) e.totals[name] = 0;
	}

	/** @returns whether any was seen inside its window; those that were not are remembered (I19) */
	/** @returns positions of those that were known */
	seeKeys(keys: readonly { readonly key: string; readonly windowMs: number }[]): number[] {
		const isKnown = keys.map(({ key }) => (this.dedupe.get(key) ?? 0) > this.nowAt);
		const fresh = keys.filter((_, position) => isKnown[position] === false);
		for (const { key, windowMs } of fresh) {
			this.dedupe.set(key, Math.max(this.nowAt + windowMs, this.dedupe.get(key) ?? 0));
		}
		return isKnown.flatMap((known, position) => (known ? position : []));
	}

	append(row: ModelRow, e: ModelExport, isDead: boolean): void {
		if (isDisabled(e)) {
			e.totals.droppedTotal++;
			e.totals.droppedSinceDisabled++;
			return;
		}
		e.totals.acceptedTotal++;
		if (isDead) {
			this.#add(e, [row], 'dead', { attempts: 0, failure: this.#failure() });
			return;
		}
		e.waiting.push(row);
	}

	/** Open batches that a claim may give now; empty: none. */
	dueBatches(e: ModelExport): ModelBatch[] {
		const open = e.batches.filter(isOpen);
		const free = open.filter((b) => !this.isLeased(b));
		if (e.state !== 'ACTIVE' || open.length - free.length >= inFlightLimit(e)) return [];
		const rank = isStrict(e) ? firstRowId : (b: ModelBatch) => b.nextAt;
		const able = free.filter((b) => !isBlocked(e, b));
		const best = Math.min(...able.map(rank));
		return able.filter((b) => rank(b) === best && b.nextAt <= this.nowAt);
	}

	/**
	 * Rows of the new batch that a claim makes when no open one is due; empty: none. Those that it passes over are held then.
	 *
	 * @param liveMs live ones alone, where the oldest that no claim has come to is not
	 */
	newBatchRows(e: ModelExport, isFlush: boolean, liveMs?: number): ModelRow[] {
		const open = e.batches.filter(isOpen);
		if (e.state !== 'ACTIVE' || (isStrict(e) && open.length > 0)) return [];
		if (open.filter((b) => this.isLeased(b)).length >= inFlightLimit(e)) return [];
		const unread = e.waiting.filter(({ isHeld }) => !isHeld);
		if (liveMs !== undefined && !this.#isLive(unread[0], liveMs)) {
			return this.#newestOf(e, unread, isFlush, liveMs);
		}
		const isMet = unread.length > 0 && (isFlush || this.#isConditionMet(e, unread));
		const taken = new Taking(e);
		addReady(taken, readyRows(e));
		for (const row of isMet ? unread : []) {
			if (taken.isFull || !taken.isAlike(row)) break;
			if (isByKey(e) && row.key !== undefined && isBusy(e, row.key, taken.rows)) row.isHeld = true;
			else if (!taken.add(row)) break;
		}
		return taken.rows.sort(bySeq);
	}

	#isLive(row: ModelRow | undefined, liveMs: number): boolean {
		return row === undefined || row.arrivedAt >= this.nowAt - liveMs;
	}

	/** The newest rows that are live, as if there were no others. */
	#newestOf(
		e: ModelExport,
		unread: readonly ModelRow[],
		isFlush: boolean,
		liveMs: number,
	): ModelRow[] {
		const isOther = (row: ModelRow) =>
			!this.#isLive(row, liveMs) || row.revision !== unread.at(-1)?.revision;
		const live = unread.slice(unread.findLastIndex(isOther) + 1);
		const taken = new Taking(e);
		const isMet = live.length > 0 && (isFlush || this.#isConditionMet(e, live));
		for (const row of isMet ? live.toReversed() : []) if (!taken.add(row)) break;
		return taken.rows.reverse();
	}

	#isConditionMet(e: ModelExport, unread: readonly ModelRow[]): boolean {
		const { count, sizeBytes } = e.config.conditions;
		// Rows of a former mapping wait for nothing (K48).
		if (unread[0]?.revision !== e.revision) return true;
		if (unread.length >= count || bytesOf(unread) >= sizeBytes) return true;
		return this.nowAt >= timeDueAt(e, unread);
	}

	close(e: ModelExport, rows: readonly ModelRow[]): ModelBatch {
		e.waiting = e.waiting.filter((row) => !rows.includes(row));
		for (const row of rows) row.isHeld = false;
		return this.#add(e, rows, 'open', { attempts: 0 });
	}

	lease(e: ModelExport, batch: ModelBatch, lengthMs: number): void {
		batch.token++;
		batch.attempts++;
		batch.lease = { lengthMs, untilAt: this.nowAt + lengthMs };
		for (const row of batch.rows) if (row.rowId === 0) row.rowId = e.nextRowId++;
	}

	isLeased(batch: ModelBatch): boolean {
		return batch.lease !== undefined && batch.lease.untilAt > this.nowAt;
	}

	/** The batch that this lease still holds, ended or not (I6). */
	batchOf({ exportId, lease }: GivenLease): ModelBatch | undefined {
		return this.export(exportId).batches.find(
			(b) =>
				b.id === lease.batchId && isOpen(b) && b.lease !== undefined && b.token === lease.token,
		);
	}

	ack(e: ModelExport, batch: ModelBatch, rows: readonly ModelRow[] = batch.rows): void {
		this.#remove(e, batch);
		e.totals.ackedTotal += rows.length;
		for (const { text } of rows) this.acked.add(text);
	}

	retry(batch: ModelBatch, nextAt: number, answer: EndpointAnswer | undefined): void {
		this.#wait(batch, nextAt);
		batch.failure = this.#failure(answer);
	}

	release(batch: ModelBatch): void {
		this.#wait(batch, this.nowAt);
		batch.attempts--;
	}

	#wait(batch: ModelBatch, nextAt: number): void {
		batch.lease = undefined;
		batch.nextAt = nextAt;
	}

	#failure(answer?: EndpointAnswer): ModelFailure {
		return { at: this.nowAt, answer };
	}

	bury(e: ModelExport, batch: ModelBatch, answer: EndpointAnswer | undefined): void {
		batch.lease = undefined;
		batch.failure = this.#failure(answer);
		batch.state = 'dead';
		batch.deadAt = this.nowAt;
		e.totals.buriedTotal += batch.rows.length;
	}

	split(
		e: ModelExport,
		batch: ModelBatch,
		how: {
			retry: readonly number[];
			hold?: readonly number[];
			dead: readonly number[];
			nextAt: number;
			answer?: EndpointAnswer;
		},
	): void {
		const rowsAt = (wanted: readonly number[]) => batch.rows.filter((_, p) => wanted.includes(p));
		const { attempts, place } = batch;
		const failure = this.#failure(how.answer);
		const named = {
			retry: rowsAt(how.retry),
			hold: rowsAt(how.hold ?? []),
			dead: rowsAt(how.dead),
		};
		const { retry, hold, behind } = isByKey(e) ? byKey(named) : { ...named, behind: [] };
		const kept = [...retry, ...hold, ...behind, ...named.dead];
		this.ack(
			e,
			batch,
			batch.rows.filter((row) => !kept.includes(row)),
		);
		const { nextAt } = how;
		if (retry.length > 0) this.#add(e, retry, 'open', { attempts, nextAt, failure, place });
		if (hold.length > 0) this.#add(e, hold, 'open', { attempts: attempts - 1, nextAt, place });
		if (named.dead.length > 0) this.#add(e, named.dead, 'dead', { attempts, failure });
		this.#holdAgain(e, behind);
	}

	#holdAgain(e: ModelExport, rows: readonly ModelRow[]): void {
		for (const row of rows) row.isHeld = true;
		e.waiting = [...e.waiting, ...rows].sort(bySeq);
	}

	/** Those first that were put aside first (S37). @returns how many batches and rows */
	replay(e: ModelExport, chosen: readonly ModelBatch[]): { batches: number; rows: number } {
		let rows = 0;
		for (const dead of chosen.toSorted((a, b) => a.deadAt - b.deadAt || a.number - b.number)) {
			this.#remove(e, dead);
			dead.rows.forEach(loosen);
			const isHeld = ({ key }: ModelRow) => isByKey(e) && key !== undefined && isBusy(e, key);
			const held = dead.rows.filter(isHeld);
			const free = dead.rows.filter((row) => !held.includes(row));
			if (free.length > 0) this.#add(e, free, 'open', { attempts: 0 });
			this.#holdAgain(e, held);
			rows += dead.rows.length;
		}
		return { batches: chosen.length, rows };
	}

	retryNow(e: ModelExport): number {
		const waiting = e.batches.filter(
			(b) => isOpen(b) && !this.isLeased(b) && b.nextAt > this.nowAt,
		);
		for (const batch of waiting) batch.nextAt = this.nowAt;
		return waiting.length;
	}

	/** @returns rows that it dropped */
	setState(e: ModelExport, state: Counters['state']): number {
		e.state = state;
		const dropped = isDisabled(e) ? this.purge(e, e.batches.filter(isOpen), true) : 0;
		e.totals.droppedSinceDisabled = isDisabled(e) ? e.totals.droppedSinceDisabled + dropped : 0;
		return dropped;
	}

	purge(e: ModelExport, chosen: readonly ModelBatch[], withWaiting: boolean): number {
		let rows = 0;
		for (const batch of chosen) {
			this.#remove(e, batch);
			rows += batch.rows.length;
		}
		if (withWaiting) {
			rows += e.waiting.length;
			e.waiting = [];
		}
		e.totals.purgedTotal += rows;
		return rows;
	}

	/** What an owner of the whole store does when it opens it: it knows that no other has a lease (S30). */
	endLeases(): void {
		for (const e of this.exports.values()) {
			for (const batch of e.batches) {
				// The token must not settle any more, as if the batch had been claimed again.
				if (batch.lease !== undefined) batch.lease = undefined;
			}
		}
	}

	failuresOf({ batches }: ModelExport): ModelFailure[] {
		return batches.flatMap(({ failure }) => failure ?? []);
	}

	/** All but the last failure. */
	countersOf(e: ModelExport): Omit<Counters, 'lastFailure'> {
		const open = e.batches.filter(isOpen);
		const dead = e.batches.filter((b) => !isOpen(b));
		const held = e.waiting.filter(({ isHeld }) => isHeld);
		return {
			exportId: e.exportId,
			state: e.state,
			rows: e.waiting.length,
			bytes: bytesOf(e.waiting),
			heldRows: held.length,
			heldBytes: bytesOf(held),
			oldestAt: e.waiting[0]?.receivedAt,
			openBatches: open.length,
			openRows: rowsIn(open),
			...this.#retryingOf(e, open),
			deadBatches: dead.length,
			deadRows: rowsIn(dead),
			deadBytes: dead.reduce(
				(sum, { rows, failure }) => sum + bytesOf(rows) + answerBytesOf(failure),
				0,
			),
			...e.totals,
		};
	}

	#retryingOf(e: ModelExport, open: readonly ModelBatch[]) {
		const free = open.filter((b) => !this.isLeased(b));
		const first = open.toSorted((a, b) => firstRowId(a) - firstRowId(b))[0];
		const able = free.filter((b) => !isBlocked(e, b));
		const next = isStrict(e) ? [first].filter((b) => b && !this.isLeased(b)) : able;
		const firsts = free.map(({ rows: [first] }) => first?.receivedAt ?? 0);
		const instants = next.map((b) => this.toWall(b?.nextAt ?? 0));
		return {
			retryingBatches: free.length,
			retryingRows: rowsIn(free),
			retryingOldestAt: free.length === 0 ? undefined : Math.min(...firsts),
			nextAttemptAt: instants.length === 0 ? undefined : Math.min(...instants),
		};
	}

	/** Wall time; not before now. */
	nextDueOf(e: ModelExport): number | undefined {
		const instants = this.#nextDueOf(e);
		return instants.length === 0
			? undefined
			: this.toWall(Math.max(this.nowAt, Math.min(...instants)));
	}

	#nextDueOf(e: ModelExport): number[] {
		if (e.state !== 'ACTIVE') return [];
		const open = e.batches.filter(isOpen);
		const leaseEnds = open.filter((b) => this.isLeased(b)).map((b) => b.lease?.untilAt ?? 0);
		if (leaseEnds.length >= inFlightLimit(e)) return [Math.min(...leaseEnds)];
		const free = open.filter((b) => !this.isLeased(b));
		if (isStrict(e)) {
			const first = Math.min(...free.map(firstRowId));
			return free.length === 0
				? [...leaseEnds, ...this.#waitingDueAt(e, open.length > 0)]
				: free.filter((b) => firstRowId(b) === first).map((b) => b.nextAt);
		}
		const able = free.filter((b) => !isBlocked(e, b));
		return [...leaseEnds, ...able.map((b) => b.nextAt), ...this.#waitingDueAt(e, false)];
	}

	#waitingDueAt(e: ModelExport, isOpenFirst: boolean): number[] {
		if (isOpenFirst) return [];
		if (readyRows(e).length > 0) return [this.nowAt];
		const unread = e.waiting.filter(({ isHeld }) => !isHeld);
		const [first] = unread;
		if (first === undefined) return [];
		const isMet = this.#isConditionMet(e, unread);
		return [isMet ? this.nowAt : timeDueAt(e, unread)];
	}

	#add(
		e: ModelExport,
		rows: readonly ModelRow[],
		state: 'open' | 'dead',
		o: { attempts: number; nextAt?: number; failure?: ModelFailure; place?: number },
	): ModelBatch {
		const number = this.#nextBatch++;
		const batch: ModelBatch = {
			rows,
			number,
			place: o.place ?? number,
			state,
			id: undefined,
			key: undefined,
			token: 0,
			attempts: o.attempts,
			nextAt: o.nextAt ?? this.nowAt,
			lease: undefined,
			deadAt: this.nowAt,
			failure: o.failure,
		};
		e.batches.push(batch);
		if (state === 'dead') e.totals.buriedTotal += rows.length;
		return batch;
	}

	#remove(e: ModelExport, batch: ModelBatch): void {
		e.batches = e.batches.filter((other) => other !== batch);
	}
}

export function isOpen(batch: ModelBatch): boolean {
	return batch.state === 'open';
}

export function bytesOf(rows: readonly ModelRow[]): number {
	return rows.reduce((sum, { text }) => sum + text.length, 0);
}

function rowsIn(batches: readonly ModelBatch[]): number {
	return batches.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** By time alone: so long after the first row, or after the last one. */
function timeDueAt({ config }: ModelExport, unread: readonly ModelRow[]): number {
	const { timeMs, idleMs = Number.POSITIVE_INFINITY } = config.conditions;
	const [first, last] = [unread[0]?.arrivedAt ?? 0, unread.at(-1)?.arrivedAt ?? 0];
	return Math.min(first + timeMs, last + idleMs);
}

function isDisabled(e: ModelExport): boolean {
	return e.state === 'USER_DISABLED' || e.state === 'SYSTEM_DISABLED';
}

function isByKey({ config }: Pick<ModelExport, 'config'>): boolean {
	return config.order === 'key';
}

function loosen(row: ModelRow): void {
	row.isLoose = true;
}

function bySeq(a: ModelRow, b: ModelRow): number {
	return a.seq - b.seq;
}

/** Whether rows of the key are in an open batch or held, but for those that are being taken. */
function isBusy(e: ModelExport, key: string, taken: readonly ModelRow[] = []): boolean {
	const open = e.batches.filter(isOpen).some(({ rows }) => rows.some((row) => row.key === key));
	return open || e.waiting.some((row) => row.isHeld && row.key === key && !taken.includes(row));
}

/** Under order key batches that share a key, which another order left, go one after the other (I22). */
function isBlocked(e: ModelExport, batch: ModelBatch): boolean {
	if (!isByKey(e)) return false;
	const keys = new Set(batch.rows.flatMap(({ key }) => key ?? []));
	return e.batches.filter(isOpen).some((other) => {
		const isEarlier =
			other.place < batch.place || (other.place === batch.place && other.number < batch.number);
		return isEarlier && other.rows.some(({ key }) => key !== undefined && keys.has(key));
	});
}

/** Key by key, until one does not fit: what no claim has come to may still do. */
function addReady(taken: Taking, ready: readonly (readonly ModelRow[])[]): void {
	for (const rows of ready) {
		for (const row of rows) {
			if (!taken.isAlike(row)) break;
			if (!taken.add(row)) return;
		}
	}
}

/** Held rows that a claim may take, by key, the key whose first row is oldest before the others. */
function readyRows(e: ModelExport): ModelRow[][] {
	const byName = new Map<string, ModelRow[]>();
	for (const row of e.waiting.filter(({ isHeld }) => isHeld)) {
		const key = row.key ?? '';
		byName.set(key, [...(byName.get(key) ?? []), row]);
	}
	const isFree = (name: string) =>
		!isByKey(e) ||
		!e.batches.filter(isOpen).some(({ rows }) => rows.some(({ key }) => key === name));
	return [...byName].filter(([name]) => isFree(name)).map(([, rows]) => rows);
}

/** Per key what comes before the last retried row is retried, and what comes behind it waits. */
function byKey(named: Record<'retry' | 'hold' | 'dead', ModelRow[]>) {
	const lastOf = (row: ModelRow) =>
		row.key === undefined ? undefined : named.retry.findLast(({ key }) => key === row.key);
	const isBefore = (row: ModelRow) => row.seq < (lastOf(row)?.seq ?? 0);
	return {
		retry: [...named.retry, ...named.hold.filter(isBefore)].sort(bySeq),
		hold: named.hold.filter((row) => lastOf(row) === undefined),
		behind: named.hold.filter((row) => lastOf(row) !== undefined && !isBefore(row)),
	};
}

/** Rows on their way into one batch. */
class Taking {
	readonly rows: ModelRow[] = [];
	readonly #limits: StoredExport['conditions'];

	constructor({ config }: ModelExport) {
		this.#limits = config.conditions;
	}

	get isFull(): boolean {
		return this.rows.length >= this.#limits.count;
	}

	isAlike({ revision }: ModelRow): boolean {
		return revision === (this.rows[0]?.revision ?? revision);
	}

	/** @returns false where it does not fit */
	add(row: ModelRow): boolean {
		if (this.isFull || !this.isAlike(row)) return false;
		const bytes = bytesOf(this.rows) + row.text.length;
		if (this.rows.length > 0 && bytes > this.#limits.sizeBytes) return false;
		this.rows.push(row);
		return true;
	}
}

function isStrict(e: ModelExport): boolean {
	return e.config.order === 'strict';
}

function inFlightLimit(e: ModelExport): number {
	const { maxInFlight, liveFirst } = e.config;
	return isStrict(e) ? 1 : maxInFlight + (liveFirst === true ? 1 : 0);
}

/** Strict order is that of the rows; rows without an id were never first. */
function firstRowId(batch: ModelBatch): number {
	return batch.rows[0]?.rowId || Number.MAX_SAFE_INTEGER;
}
