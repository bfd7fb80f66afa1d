import { newUuid } from '../../../runtime/ids';
import { type Cancel, type Clock, systemClock } from '../../../runtime/clock';
import type { Logger } from '../../../runtime/logger';
import type { ExportState } from '../../../config';
import { ConfigError } from '../../../errors';
import type { Backup } from '../../backup';
import { exportIdsOf } from '../append-request';
import { batchKey } from '../batch-key';
import { pageLimit, SWEEP_EVERY_MS } from '../defaults';
import { KeptDocuments } from '../kept-documents';
import { toKnown } from '../known-keys';
import { batchGone, storeClosed } from '../failures';
import { showFailure, unknownFailure } from '../kept-failure';
import { warnOfDeadLetters } from '../quota';
import { sliceRows } from '../slices';
import { describeJump, readTime, StoreTime } from '../store-time';
import {
	UNMAPPED_REVISION,
	type AppendRequest,
	type Batch,
	type ClaimOptions,
	type DeadLetter,
	type KeyRange,
	type Lease,
	type LetterRange,
	type Outcome,
	type PurgeChoice,
	type ReplayChoice,
	type Store,
	type StoredExport,
	type WaitingRange,
} from '../../store';
import { readLetterRange } from '../letter-range';
import type { Documents } from '../../documents';
import type { LatestRange } from '../../latest';
import { toCounters } from '../tally';
import { append, pageOfKeys } from './append';
import { attemptsOf, claim, nextDue } from './claim';
import { listDead, purge, replay, sweep } from './dead-letters';
import { keepInMemory } from './documents';
import { putExport, removeExport, setState } from './exports';
import { pageOfLatest, timesOfLatest } from './latest';
import { readWaiting } from './read-waiting';
import { renew, settle } from './settle';
import {
	batchesOf,
	findExport,
	isLeased,
	liveExports,
	type MemoryBatch,
	type MemoryExport,
	type MemoryState,
	oldestWaiting,
	toKnownExport,
	toStoredRow,
} from './state';

/**
 * A store that forgets everything when its process ends (S3): for tests, and for who chooses by name not to be durable.
 * Every verb runs in one turn of the event loop, so each is atomic.
 */
export class MemoryStore implements Store {
	readonly kind = 'memory';
	readonly isInOrder = true;
	readonly id: string;
	readonly documents: Documents = new KeptDocuments(keepInMemory(() => this.#now().documents));
	readonly #clock: Clock;
	readonly #state: MemoryState;
	#isClosed = false;
	/** The last one. */
	#jumps: string[] = [];
	#cancelSweep: Cancel;

	constructor(options: { readonly clock?: Clock; readonly logger?: Logger } = {}) {
		this.#clock = options.clock ?? systemClock;
		this.id = newUuid(this.#clock.now());
		this.#state = {
			storeId: this.id,
			time: new StoreTime(readTime(this.#clock)),
			exports: new Map(),
			batches: new Map(),
			dedupe: new Map(),
			documents: { byCollection: new Map(), nextRevision: 1 },
			latest: new Map(),
			nextBatchNumber: 1,
			nextSeq: 1,
			warn: (message) => options.logger?.warn(message),
		};
		this.#cancelSweep = this.#planSweep();
	}

	async putExport(e: StoredExport) {
		return putExport(this.#now(), e);
	}

	async getExport(exportId: string) {
		const e = this.#now().exports.get(exportId);
		return e === undefined || e.isRemoved ? undefined : toKnownExport(e);
	}

	async listExports() {
		return liveExports(this.#now()).map(toKnownExport);
	}

	async nextRowId(exportId: string, atLeast = 1) {
		const e = findExport(this.#now(), exportId);
		return (e.nextRowId = Math.max(e.nextRowId, atLeast));
	}

	async setState(exportId: string, state: ExportState, o: { readonly from?: ExportState } = {}) {
		return setState(this.#now(), exportId, state, o.from);
	}

	async removeExport(exportId: string, how: 'drain' | 'drop') {
		removeExport(this.#now(), exportId, how);
	}

	async append(request: AppendRequest) {
		const state = this.#now();
		const known = append(state, request);
		const exports = exportIdsOf(request).flatMap((id) => state.exports.get(id) ?? []);
		return {
			...toKnown(request.events.length, known),
			counters: exports.map((e) => showCounters(state, e)),
		};
	}

	async claim(exportId: string, o: ClaimOptions) {
		const batch = claim(this.#now(), exportId, o);
		return batch === undefined ? undefined : this.#show(batch);
	}

	async renew(lease: Lease) {
		return renew(this.#now(), lease);
	}

	async settle(lease: Lease, outcome: Outcome) {
		settle(this.#now(), lease, outcome);
	}

	async nextDue(exportIds: readonly string[]) {
		return nextDue(this.#now(), exportIds);
	}

	async counters() {
		const state = this.#now();
		return liveExports(state).map((e) => showCounters(state, e));
	}

	async knownKeys(receiverId: string, o?: KeyRange) {
		return pageOfKeys(this.#now(), receiverId, o);
	}

	async latest(receiverId: string, o?: LatestRange) {
		return pageOfLatest(this.#now().latest, receiverId, o);
	}

	async latestTimes(receiverId: string, keys: readonly string[]) {
		return timesOfLatest(this.#now().latest, receiverId, keys);
	}

	async forgetLatest(receiverId: string) {
		const { latest } = this.#now();
		const count = latest.get(receiverId)?.events.size ?? 0;
		latest.delete(receiverId);
		return count;
	}

	async peek(exportId: string, o: { readonly limit?: number } = {}) {
		const { keys, waiting } = findExport(this.#now(), exportId);
		const held = keys.all().map(({ kept }) => kept);
		return [...held, ...waiting].slice(0, pageLimit(o.limit)).map(toStoredRow);
	}

	async readWaiting(exportId: string, o?: WaitingRange) {
		return readWaiting(findExport(this.#now(), exportId), o);
	}

	async deadLetters(o: LetterRange = {}) {
		const { offset, limit, ...which } = readLetterRange(o);
		const dead = listDead(this.#now(), which).slice(offset, offset + limit);
		return dead.map((batch) => this.#showDead(batch));
	}

	async replay(o: ReplayChoice) {
		return replay(this.#now(), o);
	}

	async retryNow(exportId: string) {
		const state = this.#now();
		const waiting = batchesOf(state, findExport(state, exportId), 'open').filter(
			(b) => !isLeased(state, b) && b.nextAt > state.time.nowAt,
		);
		for (const batch of waiting) batch.nextAt = state.time.nowAt;
		return waiting.length;
	}

	async purge(o: PurgeChoice) {
		return { rows: purge(this.#now(), o) };
	}

	async backup(): Promise<Backup> {
		throw new ConfigError('store', 'one that is kept on a disk: this one forgets everything');
	}

	async stats() {
		const exports = liveExports(this.#now());
		return {
			kind: this.kind,
			storeId: this.id,
			durable: false,
			diskBytes: 0,
			exports: exports.length,
			engine: 'memory',
			missingRows: 0,
			quarantinedRows: 0,
			warnings: [...this.#jumps, ...warnOfDeadLetters(exports)],
		} as const;
	}

	async close() {
		this.#isClosed = true;
		this.#cancelSweep();
	}

	/** The data, with its time brought up to now. */
	#now(): MemoryState {
		if (this.#isClosed) throw storeClosed();
		const { time, warn } = this.#state;
		time.advance(readTime(this.#clock));
		for (const jump of time.takeJumps()) {
			this.#jumps = [describeJump(jump)];
			for (const message of this.#jumps) warn(message);
		}
		return this.#state;
	}

	#planSweep(): Cancel {
		return this.#clock.after(SWEEP_EVERY_MS, () => {
			sweep(this.#now());
			this.#cancelSweep = this.#planSweep();
		});
	}

	#show(batch: MemoryBatch): Batch {
		const { time } = this.#state;
		const batchId = String(batch.number);
		return {
			id: batchId,
			...this.#identity(batch),
			reason: batch.reason,
			attempt: batch.attempts,
			lease: {
				batchId,
				token: batch.token,
				until: time.toWall(time.nowAt) + (batch.lease?.lengthMs ?? 0),
			},
			rows: () => this.#read(batch),
		};
	}

	#identity(batch: MemoryBatch) {
		const { exportId, revisions, config } = batch.export;
		const revision = revisions.get(batch.mappingRevision);
		const isMapped = batch.mappingRevision !== UNMAPPED_REVISION;
		return {
			exportId,
			mappingRevision: batch.mappingRevision,
			output: isMapped ? (revision?.output ?? config.output) : 'event',
			...(revision?.columns === undefined ? {} : { columns: revision.columns }),
			...shape(batch),
			idempotencyKey: batchKey(this.id, exportId, batch.number, batch.salt),
		} as const;
	}

	#showDead(batch: MemoryBatch): DeadLetter {
		const { time } = this.#state;
		const toWall = (at: number) => time.toWall(at);
		const { failure = unknownFailure(batch.deadAt) } = batch;
		return {
			batchId: String(batch.number),
			...this.#identity(batch),
			attempts: batch.attempts,
			deadAt: toWall(batch.deadAt),
			error: showFailure(failure, toWall, failure.answer),
			rows: () => this.#read(batch),
		};
	}

	async *#read(batch: MemoryBatch) {
		for (const slice of sliceRows(batch.rows.map(toStoredRow))) {
			if (!this.#now().batches.has(batch.number)) throw batchGone(String(batch.number));
			yield slice;
		}
	}
}

function showCounters(state: MemoryState, e: MemoryExport) {
	const oldestAt = oldestWaiting(e)?.row.receivedAt;
	return toCounters(e.exportId, e.state, oldestAt, e.tally, attemptsOf(state, e));
}

function shape(batch: MemoryBatch) {
	return {
		count: batch.count,
		sizeBytes: batch.sizeBytes,
		firstAt: batch.rows[0]?.row.receivedAt ?? 0,
		lastAt: batch.rows.at(-1)?.row.receivedAt ?? 0,
	};
}
