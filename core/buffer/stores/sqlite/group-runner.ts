import { BufferError, CoreError } from '../../../errors';
import type { Counters } from '../../store';
import { RETRY_AFTER_MS } from '../defaults';
import { PositionError } from '../positions';
import { describeJump } from '../store-time';
import { append } from './append';
import { DatabaseCopy } from './backup/database-copy';
import { flushBuilders } from './chunk-builder';
import { SQLITE, sqliteCode } from './connection';
import type { Engine, ExportRecord, LeaseRecord } from './engine';
import { toGroupError } from './group-error';
import { filesLost, keeps, refuseKept } from './open-files';
import { Housekeeper } from './housekeeper';
import { Notices } from './notices';
import { KeptRoom } from './kept-room';
import { isDiskFull } from './open-failed';
import { type OpenEngine, openEngine } from './open-engine';
import { runOperation, showCounters, type StoreFacts } from './operations';
import type { AppendCall } from './packed-appends';
import { unpackCalls } from './packed-calls';
import type { Answer, Call, RequestMessage } from './protocol';
import type { WorkerMessage, WorkerOptions } from './protocol';
import { Outage } from './outage';
import { type Claimed, isClaimed, SliceAnswers } from './slice-answers';
import { packError } from './thrown-error';
import { trimToStore } from './trim-kept';

/** Of the appends of a group: ids of those of which no event was known, and how their exports stand then. */
interface Appended {
	readonly stored?: readonly number[];
	readonly counters?: readonly Counters[];
}

/**
 * Group commit without a timer (S21): whatever queued while the previous commit ran is the next group. One transaction, then
 * the witness, then the answers (S24). A transaction that fails rejects its whole group, and its connection is discarded (I16).
 */
export class GroupRunner {
	readonly #options: WorkerOptions;
	readonly #post: (message: WorkerMessage, transfer?: ArrayBuffer[]) => void;
	readonly #facts: StoreFacts;
	readonly #housekeeper: Housekeeper;
	readonly #notices: Notices;
	readonly #keptRoom: KeptRoom;
	readonly #copy: DatabaseCopy;
	readonly #sliceAnswers: SliceAnswers;
	readonly #outage = new Outage();
	#open: OpenEngine;
	/** Since it failed and could not be opened again yet. */
	#isDiscarded = false;
	#queue: Call[] = [];
	#slices: Extract<Call, { op: 'readSlice' }>[] = [];
	#isPlanned = false;
	/** Why no rows are taken any more: damage that salvaging did not end. */
	#corruption: string | undefined;
	/** Why no rows are taken: files of the store were removed under it. */
	#filesLost: BufferError | undefined;
	#closeId: number | undefined;
	/** Housekeeping that waits for a quiet moment. */
	#chores: NodeJS.Timeout | undefined;

	/** @throws CoreError when the store cannot be opened */
	constructor(
		options: WorkerOptions,
		post: (message: WorkerMessage, transfer?: ArrayBuffer[]) => void,
	) {
		this.#options = options;
		this.#post = post;
		this.#facts = {
			directory: options.directory,
			isDurable: options.durability === 'full',
			ephemeral: options.ephemeral,
			warnings: () => this.#shownWarnings(),
			minFreeBytes: options.limits.minFreeBytes,
		};
		this.#notices = new Notices(post);
		this.#keptRoom = new KeptRoom((message) => this.#notices.warn(message));
		this.#copy = new DatabaseCopy(options, () => this.#plan());
		this.#sliceAnswers = new SliceAnswers({
			open: () => this.#open,
			refusal: () => this.#refusal(),
			post: (answer, transfer) => this.#postAnswers([answer], {}, transfer),
			fail: (failed, cause, leases) => this.#fail(failed, cause, leases),
		});
		this.#housekeeper = new Housekeeper(options, (message) => this.#notices.warn(message));
		if (options.ephemeral !== undefined) this.#notices.keep(options.ephemeral);
		this.#open = this.#openStore();
	}

	get storeId(): string {
		return this.#open.engine.meta.storeId;
	}

	enqueue(message: RequestMessage): void {
		this.#open.engine.time.advance(message.reading);
		this.#tellJumps();
		for (const call of unpackCalls(message)) {
			if (call.op === 'readSlice') this.#slices.push(call);
			else if (call.op === 'close') this.#closeId = call.id;
			else if (call.op === 'copyDatabase') this.#copyDatabase(call);
			else this.#queue.push(call);
		}
		this.#plan();
	}

	/** Waits only until all messages that have arrived are in the queue. */
	#plan(): void {
		if (this.#isPlanned) return;
		this.#isPlanned = true;
		setImmediate(() => {
			this.#isPlanned = false;
			this.#runOnce();
		});
	}

	#runOnce(): void {
		if (this.#copy.isStarting) return;
		const group = this.#takeGroup();
		if (group.length > 0) {
			this.#runGroup(group);
			this.#housekeeper.noteGroup(performance.now());
		}
		// Between groups, so that a large batch does not hold up appends (S29).
		const slice = this.#slices.shift();
		if (slice !== undefined) this.#sliceAnswers.answerSlice(slice);
		if (this.#queue.length > 0 || this.#slices.length > 0) this.#plan();
		else if (this.#closeId !== undefined && this.#copy.isRunning) void this.#copy.stop('closed');
		else if (this.#closeId !== undefined) this.#close(this.#closeId);
		else if (this.#isUp()) this.#housekeep();
	}

	#housekeep(): void {
		clearTimeout(this.#chores);
		const { engine } = this.#open;
		try {
			const inMs = this.#housekeeper.step(engine, performance.now());
			if (inMs === 0) this.#plan();
			else if (inMs !== undefined) this.#chores = setTimeout(() => this.#plan(), inMs).unref();
		} catch (error) {
			this.#fail([], error, engine.leases);
		}
	}

	#tellJumps(): void {
		for (const jump of this.#open.engine.time.takeJumps()) this.#notices.keep(describeJump(jump));
	}

	/** Within the caps of one group (S22). */
	#takeGroup(): Call[] {
		const { maxGroupRows, maxGroupBytes } = this.#options.limits;
		let rows = 0;
		let bytes = 0;
		let count = 0;
		for (const call of this.#queue) {
			if (call.op === 'append') {
				rows += call.rowCount;
				bytes += call.byteLength;
			} else if (call.op === 'putDocument') bytes += call.args.body.byteLength;
			if (count > 0 && (rows > maxGroupRows || bytes > maxGroupBytes)) break;
			count++;
		}
		return this.#queue.splice(0, count);
	}

	#runGroup(group: readonly Call[]): void {
		const refusal = this.#refusal();
		if (refusal !== undefined) return this.#reject(group, refusal);
		const { engine } = this.#open;
		const leasesBefore = new Map(engine.leases);
		const appendedTo = new Set<ExportRecord>();
		const isKeeping = group.some(keeps);
		if (isKeeping) {
			// On the disk of what else is there now, how much is free says nothing.
			if (this.#lookAtFiles() === undefined) this.#housekeeper.measure();
		}
		try {
			const isNearlyFull = isKeeping && this.#housekeeper.isNearlyFull;
			this.#keptRoom.begin(this.#open.engine, group, isNearlyFull && !this.#filesLost);
			const answers: Answer[] = [];
			const claimed: Claimed[] = [];
			const stored: number[] = [];
			for (const call of group) {
				const answer = this.#answer(call, appendedTo);
				if (answer === 'stored') stored.push(call.id);
				else if (isClaimed(call, answer)) claimed.push(answer);
				else answers.push(answer);
			}
			flushBuilders(engine);
			trimToStore(engine, this.#options.limits.maxStoreBytes);
			// Before the commit: they are read from the database, and what is committed must not be answered as failed.
			const counters = Array.from(appendedTo, (e) => showCounters(engine, e));
			if (this.#open.hasBegun || engine.changed.size > 0) {
				engine.begin();
				this.#open.commit();
			}
			this.#outage.noteSuccess();
			const lost = isKeeping ? this.#lookAtFiles() : undefined;
			if (lost === undefined) this.#postAnswers(answers, { stored, counters });
			else this.#postAnswers(refuseKept(group, answers, lost));
			for (const one of claimed) this.#sliceAnswers.answerClaimed(one);
		} catch (error) {
			this.#fail(group, error, leasesBefore);
		}
	}

	/** An error of the caller, raised before anything was written, is its own answer; anything else fails the group. */
	#answer(call: Call, appendedTo: Set<ExportRecord>): Answer | 'stored' {
		const { engine } = this.#open;
		try {
			if (call.op === 'append') return this.#append(call, appendedTo);
			if (keeps(call)) this.#guardKept();
			// Whatever looks for rows finds those of this group, too.
			flushBuilders(engine);
			return { id: call.id, value: runOperation(engine, call, this.#facts) };
		} catch (error) {
			if (error instanceof CoreError || error instanceof PositionError) {
				return { id: call.id, thrown: packError(error) };
			}
			throw error;
		}
	}

	#append(call: AppendCall, appendedTo: Set<ExportRecord>): Answer | 'stored' {
		this.#guardKept();
		if (!this.#keptRoom.isMade) this.#housekeeper.check();
		const { engine } = this.#open;
		const known = append(engine, call, this.#options.limits);
		for (const { rows, dead } of call.events) {
			for (const { exportId } of rows) noteExport(engine, exportId, appendedTo);
			for (const letter of dead)
				for (const { exportId } of letter.rows) noteExport(engine, exportId, appendedTo);
		}
		return known === undefined ? 'stored' : { id: call.id, value: known };
	}

	/** Each time again: files may be put back. */
	#lookAtFiles(): BufferError | undefined {
		const name = this.#open.files.findLost();
		const isNew = this.#filesLost === undefined;
		this.#filesLost = name === undefined ? undefined : filesLost(this.#options.directory, name);
		if (isNew && this.#filesLost !== undefined) this.#notices.warn(this.#filesLost.message);
		return this.#filesLost;
	}

	/** What is answered as kept must be found again. */
	#guardKept(): void {
		if (this.#filesLost !== undefined) throw this.#filesLost;
		if (this.#corruption !== undefined) {
			throw new BufferError('ERR_STORE_CORRUPT', this.#corruption);
		}
	}

	/** Its groups go on meanwhile. */
	#copyDatabase({ id, args }: Extract<Call, { op: 'copyDatabase' }>): void {
		const refusal = this.#refusal();
		const copying = refusal ? Promise.reject(refusal) : this.#copy.run(this.#open.engine, args);
		copying.then(
			(value) => this.#postAnswers([{ id, value }]),
			(error: unknown) => this.#postAnswers([{ id, thrown: packError(error) }]),
		);
	}

	#fail(group: readonly Call[], cause: unknown, leases: Map<number, LeaseRecord>): void {
		const error = toGroupError(cause, this.#options.directory);
		this.#notices.warn(error.message);
		this.#open.engine.leases = leases;
		this.#outage.noteFailure(sqliteCode(cause) === SQLITE.full && this.#housekeeper.makeRoom());
		this.#reject(group, error);
		this.#reopen(error.code === 'ERR_STORE_CORRUPT' ? error.message : undefined);
	}

	/**
	 * Never syncs again on the handle that failed: the kernel may have dropped the pages and report success (S25).
	 *
	 * @param damage what was found damaged; the store is salvaged then (S51), but not for ever on a disk that keeps damaging it
	 */
	#reopen(damage?: string): void {
		this.#isDiscarded = true;
		if (this.#copy.isRunning)
			return void this.#copy.stop('failed').then(() => this.#reopen(damage));
		const { engine } = this.#open;
		this.#open.discard();
		const isSalvaged = damage !== undefined && this.#outage.spendSalvage();
		if (!isSalvaged) this.#corruption ??= damage;
		try {
			this.#open = this.#openStore(engine, isSalvaged);
			this.#isDiscarded = false;
		} catch (error) {
			this.#notices.warn(error instanceof Error ? error.message : String(error));
			setTimeout(() => this.#reopen(damage), this.#outage.noteNotOpened()).unref();
		}
	}

	/** On a full disk with the ballast's room: to recover and to salvage a store writes, too (S46). */
	#openStore(before?: Engine, isDamaged = false): OpenEngine {
		try {
			return openEngine(this.#options, this.#notices, before, isDamaged);
		} catch (error) {
			if (!isDiskFull(error) || !this.#housekeeper.makeRoom()) throw error;
			return openEngine(this.#options, this.#notices, before, isDamaged);
		}
	}

	#isUp(): boolean {
		return !this.#isDiscarded && !this.#outage.isOn;
	}

	#refusal(): BufferError | undefined {
		if (this.#isUp()) return undefined;
		return new BufferError('ERR_STORE_UNAVAILABLE', 'the store failed repeatedly and waits', {
			retryAfterMs: RETRY_AFTER_MS,
		});
	}

	#reject(group: readonly Call[], error: BufferError): void {
		const thrown = packError(error);
		this.#postAnswers(group.map(({ id }) => ({ id, thrown })));
	}

	#postAnswers(
		answers: readonly Answer[],
		{ stored = [], counters = [] }: Appended = {},
		transfer: ArrayBuffer[] = [],
	): void {
		this.#post({ kind: 'answers', answers, stored: new Float64Array(stored), counters }, transfer);
	}

	#close(id: number): void {
		this.#closeId = undefined;
		try {
			this.#open.close();
			this.#postAnswers([{ id, value: undefined }]);
		} catch (error) {
			this.#open.discard();
			this.#postAnswers([{ id, thrown: packError(toGroupError(error)) }]);
		}
	}

	#shownWarnings(): string[] {
		const refusals = [this.#lookAtFiles(), this.#refusal()].map((error) => error?.message);
		const now = [...refusals, this.#corruption, this.#housekeeper.refusal];
		return [...this.#notices.standing, ...now.filter((one) => one !== undefined)];
	}
}

function noteExport(engine: Engine, exportId: string, noted: Set<ExportRecord>): void {
	const e = engine.exports.get(exportId);
	if (e !== undefined) noted.add(e);
}
