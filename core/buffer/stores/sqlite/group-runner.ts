import { join } from 'node:path';
import { BufferError, CoreError } from '../../../errors';
import { RETRY_AFTER_MS } from '../defaults';
import { PositionError } from '../positions';
import { append } from './append';
import { Ballast } from './ballast';
import { flushBuilders } from './chunk-builder';
import { SQLITE, sqliteCode } from './connection';
import type { ExportRecord, LeaseRecord } from './engine';
import { FreeSpaceGuard } from './free-space';
import { type OpenEngine, openEngine } from './open-engine';
import { runOperation, showCounters, type Surroundings } from './operations';
import type {
	Answer,
	Call,
	PlainSlice,
	RequestMessage,
	WorkerMessage,
	WorkerOptions,
} from './protocol';
import { quarantineChunk } from './quarantine';
import { readSlice } from './read-slice';
import { databaseBytes, reclaimPages } from './reclaim';
import { packError } from './thrown-error';

interface Queued {
	readonly call: Call;
	readonly message: { readonly exportIds: readonly string[]; readonly bytes: Buffer };
}

/** A second failure in a row is no accident (S25). */
const BACKOFF_MS = { first: 100, max: 5_000 } as const;
const MAX_WARNINGS = 20;
/** A store that holds less has nothing worth a ballast. */
const BALLAST_FROM_BYTES = 1024 ** 2;

/**
 * Group commit without a timer (S21): whatever queued while the previous commit ran is the next group. One transaction, then
 * the witness, then the answers (S24). A transaction that fails rejects its whole group, and its connection is discarded (I16).
 */
export class GroupRunner {
	readonly #options: WorkerOptions;
	readonly #post: (message: WorkerMessage, transfer: ArrayBuffer[]) => void;
	readonly #surroundings: Surroundings;
	readonly #guard: FreeSpaceGuard;
	readonly #ballast: Ballast;
	readonly #warnings: string[] = [];
	#open: OpenEngine;
	#queue: Queued[] = [];
	#slices: Extract<Call, { op: 'readSlice' }>[] = [];
	#isPlanned = false;
	#failuresInRow = 0;
	#downUntilMs = 0;
	#corruption: string | undefined;
	#closeId: number | undefined;

	/** @throws CoreError when the store cannot be opened */
	constructor(
		options: WorkerOptions,
		post: (message: WorkerMessage, transfer: ArrayBuffer[]) => void,
	) {
		this.#options = options;
		this.#post = post;
		this.#surroundings = {
			directory: options.directory,
			isDurable: options.durability === 'full',
			warnings: () => this.#shownWarnings(),
		};
		const warn = (message: string) => this.#warn(message);
		const { minFreeBytes } = options.limits;
		this.#guard = new FreeSpaceGuard(options.directory, { minFreeBytes, warn });
		this.#ballast = new Ballast(
			join(options.directory, 'ballast.bin'),
			options.limits.ballastBytes,
		);
		for (const notice of options.notices) warn(notice);
		this.#open = openEngine(options, warn);
	}

	get storeId(): string {
		return this.#open.engine.meta.storeId;
	}

	enqueue({ calls, exportIds, bytes, reading }: RequestMessage): void {
		this.#open.engine.time.advance(reading);
		const message = {
			exportIds,
			bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
		};
		for (const call of calls) {
			if (call.op === 'readSlice') this.#slices.push(call);
			else if (call.op === 'close') this.#closeId = call.id;
			else this.#queue.push({ call, message });
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
		const group = this.#takeGroup();
		if (group.length > 0) this.#runGroup(group);
		// Between groups, so that a large batch does not hold up appends (S29).
		const slice = this.#slices.shift();
		if (slice !== undefined) this.#answerSlice(slice);
		if (this.#queue.length > 0 || this.#slices.length > 0) this.#plan();
		else if (this.#closeId !== undefined) this.#close(this.#closeId);
		else this.#reclaim();
	}

	/** With nothing else to do: one step of housekeeping. One that fails is tried again after a later group. */
	#reclaim(): void {
		if (!this.#isUp() || this.#open.hasBegun) return;
		try {
			const isNearlyFull = this.#guard.refusal !== undefined;
			if (reclaimPages(this.#open.engine, isNearlyFull) || this.#growBallast()) this.#plan();
		} catch (error) {
			this.#warn(`housekeeping of the store failed: ${String(error)}`);
		}
	}

	/** @returns whether it grew */
	#growBallast(): boolean {
		const { missingBytes } = this.#ballast;
		if (missingBytes === 0 || this.#guard.refusal !== undefined) return false;
		if (databaseBytes(this.#open.engine) < BALLAST_FROM_BYTES) return false;
		if (!this.#guard.hasRoomFor(2 * missingBytes)) return false;
		this.#ballast.grow();
		return true;
	}

	/** Within the caps of one group (S22). */
	#takeGroup(): Queued[] {
		const { maxGroupRows, maxGroupBytes } = this.#options.limits;
		let rows = 0;
		let bytes = 0;
		let count = 0;
		for (const { call } of this.#queue) {
			const size = sizeOf(call);
			if (count > 0 && (rows + size.rows > maxGroupRows || bytes + size.bytes > maxGroupBytes)) {
				break;
			}
			rows += size.rows;
			bytes += size.bytes;
			count++;
		}
		return this.#queue.splice(0, count);
	}

	#runGroup(group: readonly Queued[]): void {
		const refusal = this.#refusal();
		if (refusal !== undefined) return this.#reject(group, refusal);
		const { engine } = this.#open;
		const leasesBefore = new Map(engine.leases);
		const appendedTo = new Set<ExportRecord>();
		if (group.some(({ call }) => call.op === 'append')) this.#guard.look(performance.now());
		try {
			const answers = group.map((queued) => this.#answer(queued, appendedTo));
			flushBuilders(engine);
			if (this.#open.hasBegun || engine.changed.size > 0) {
				engine.begin();
				this.#open.commit();
			}
			this.#failuresInRow = 0;
			this.#postAnswers(answers, appendedTo);
		} catch (error) {
			this.#fail(group, error, leasesBefore);
		}
	}

	/** An error of the caller, raised before anything was written, is its own answer; anything else fails the group. */
	#answer({ call, message }: Queued, appendedTo: Set<ExportRecord>): Answer {
		const { engine } = this.#open;
		try {
			if (call.op === 'append') {
				this.#guardAppend();
				const value = append(engine, call, message, this.#options.limits);
				for (const exportId of message.exportIds) {
					const e = engine.exports.get(exportId);
					if (e !== undefined) appendedTo.add(e);
				}
				return { id: call.id, value };
			}
			// Whatever looks for rows finds those of this group, too.
			flushBuilders(engine);
			return { id: call.id, value: runOperation(engine, call, this.#surroundings) };
		} catch (error) {
			if (error instanceof CoreError || error instanceof PositionError) {
				return { id: call.id, thrown: packError(error) };
			}
			throw error;
		}
	}

	#guardAppend(): void {
		if (this.#corruption !== undefined) {
			throw new BufferError('ERR_STORE_CORRUPT', this.#corruption);
		}
		this.#guard.check();
	}

	#answerSlice(call: Extract<Call, { op: 'readSlice' }>): void {
		const refusal = this.#refusal();
		if (refusal !== undefined) {
			return this.#postAnswers([{ id: call.id, thrown: packError(refusal) }]);
		}
		const leasesBefore = new Map(this.#open.engine.leases);
		try {
			const value = this.#readSlice(call.args);
			this.#postAnswers([{ id: call.id, value }], [], [value.bytes.buffer as ArrayBuffer]);
		} catch (error) {
			if (error instanceof CoreError) {
				return this.#postAnswers([{ id: call.id, thrown: packError(error) }]);
			}
			const message = { exportIds: [], bytes: Buffer.alloc(0) };
			this.#fail([{ call, message }], error, leasesBefore);
		}
	}

	#readSlice(args: { batch: number; position: number }): PlainSlice {
		for (;;) {
			const found = readSlice(this.#open.engine, args);
			if (!('damaged' in found)) return found;
			quarantineChunk(this.#open.engine, found.export, found.damaged);
			this.#open.commit();
		}
	}

	#fail(group: readonly Queued[], cause: unknown, leases: Map<number, LeaseRecord>): void {
		const code = sqliteCode(cause);
		const error = toGroupError(cause, code);
		if (error.code === 'ERR_STORE_CORRUPT') this.#corruption = error.message;
		this.#warn(error.message);
		const { engine } = this.#open;
		engine.leases = leases;
		this.#failuresInRow = code === SQLITE.full && this.#makeRoom() ? 0 : this.#failuresInRow + 1;
		const backoffMs = BACKOFF_MS.first * 2 ** Math.min(10, this.#failuresInRow - 2);
		if (this.#failuresInRow > 1) {
			this.#downUntilMs = performance.now() + Math.min(BACKOFF_MS.max, backoffMs);
		}
		this.#reject(group, error);
		this.#reopen();
	}

	/** S46: with the ballast's room claims and acks go on; appends wait until there is room for it again. */
	#makeRoom(): boolean {
		const givenBytes = this.#ballast.release();
		if (givenBytes === 0) return false;
		this.#guard.demand(2 * givenBytes);
		this.#guard.look(performance.now());
		this.#warn(`the disk is full: ${givenBytes} bytes of ballast were given up to drain the store`);
		return true;
	}

	/** Never syncs again on the handle that failed: the kernel may have dropped the pages and report success (S25). */
	#reopen(): void {
		const { engine } = this.#open;
		this.#open.discard();
		try {
			this.#open = openEngine(this.#options, (message) => this.#warn(message), engine);
		} catch (error) {
			this.#warn(error instanceof Error ? error.message : String(error));
			this.#downUntilMs = performance.now() + BACKOFF_MS.max;
			setTimeout(() => this.#reopen(), BACKOFF_MS.max).unref();
		}
	}

	#isUp(): boolean {
		return performance.now() >= this.#downUntilMs;
	}

	#refusal(): BufferError | undefined {
		if (this.#isUp()) return undefined;
		return new BufferError('ERR_STORE_UNAVAILABLE', 'the store failed repeatedly and waits', {
			retryAfterMs: RETRY_AFTER_MS,
		});
	}

	#reject(group: readonly Queued[], error: BufferError): void {
		const thrown = packError(error);
		this.#postAnswers(group.map(({ call }) => ({ id: call.id, thrown })));
	}

	#postAnswers(
		answers: readonly Answer[],
		appendedTo: Iterable<ExportRecord> = [],
		transfer: ArrayBuffer[] = [],
	): void {
		const counters = [...appendedTo].map(showCounters);
		this.#post({ kind: 'answers', answers, counters }, transfer);
	}

	#close(id: number): void {
		this.#closeId = undefined;
		try {
			this.#open.close();
			this.#postAnswers([{ id, value: undefined }]);
		} catch (error) {
			this.#open.discard();
			this.#postAnswers([{ id, thrown: packError(toGroupError(error, sqliteCode(error))) }]);
		}
	}

	#warn(message: string): void {
		this.#warnings.push(message);
		if (this.#warnings.length > MAX_WARNINGS) this.#warnings.shift();
		this.#post({ kind: 'warning', message }, []);
	}

	#shownWarnings(): string[] {
		const { refusal } = this.#guard;
		return refusal === undefined ? this.#warnings : [...this.#warnings, refusal];
	}
}

function sizeOf(call: Call): { rows: number; bytes: number } {
	if (call.op !== 'append') return { rows: 0, bytes: 0 };
	return { rows: call.rowCount, bytes: call.byteLength };
}

function toGroupError(cause: unknown, code: number | undefined): BufferError {
	const reason = cause instanceof Error ? cause.message : String(cause);
	const options = { cause, retryAfterMs: RETRY_AFTER_MS, details: { sqliteCode: code } };
	if (code === SQLITE.full) {
		return new BufferError('ERR_BUFFER_FULL', 'the disk of the store is full', options);
	}
	if (code === SQLITE.corrupt || code === SQLITE.notADatabase) {
		return new BufferError('ERR_STORE_CORRUPT', `the store is damaged: ${reason}`, options);
	}
	return new BufferError(
		'ERR_STORE_UNAVAILABLE',
		`a transaction failed, nothing of it was stored: ${reason}`,
		options,
	);
}
