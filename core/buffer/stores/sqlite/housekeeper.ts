import { join } from 'node:path';
import { Ballast } from './ballast';
import { SQLITE, sqliteCode } from './connection';
import type { Engine } from './engine';
import { defaultBallastBytes, FreeSpaceGuard, measureDisk, type MeasureDisk } from './free-space';
import type { WorkerOptions } from './protocol';
import { databaseBytes, hasPagesToReclaim, reclaimPages } from './reclaim';

/** While rows come and go, what is free is soon used again: pages are given back when nothing has happened for so long … */
const QUIET_MS = 200;
/** … or one step in so long, since it takes up to 50 ms and moves pages of rows that may be about to go. */
const BUSY_STEP_MS = 2_000;

/** A store that holds less has nothing worth a ballast. */
const BALLAST_FROM_BYTES = 1024 ** 2;

/** The store's dealings with the disk's free space: guard, ballast, and the pages that deliveries leave behind. */
export class Housekeeper {
	readonly #guard: FreeSpaceGuard;
	readonly #ballast: Ballast;
	readonly #warn: (message: string) => void;
	#groupAt = 0;
	#stepAt = 0;

	constructor(
		{ directory, limits }: Pick<WorkerOptions, 'directory' | 'limits'>,
		warn: (message: string) => void,
		measure: MeasureDisk = () => measureDisk(directory),
	) {
		const { minFreeBytes } = limits;
		const ballastBytes = limits.ballastBytes ?? defaultBallastBytes(measure().totalBytes);
		this.#guard = new FreeSpaceGuard({ minFreeBytes, warn, measure });
		this.#ballast = new Ballast(join(directory, 'ballast.bin'), ballastBytes);
		this.#warn = warn;
	}

	/** Why appends are refused now. */
	get refusal(): string | undefined {
		return this.#guard.refusal;
	}

	/** Whether they are because too little of the disk is free. */
	get isNearlyFull(): boolean {
		return this.#guard.isShort;
	}

	/** Before a group that appends. */
	measure(): void {
		this.#guard.measure(performance.now());
	}

	/** @throws BufferError ERR_BUFFER_FULL */
	check(): void {
		this.#guard.check();
	}

	/** @param nowMs monotonic, as of all times here */
	noteGroup(nowMs: number): void {
		this.#groupAt = nowMs;
	}

	/**
	 * One step, between groups when nothing else is to do; one that finds no room is tried again after a later group.
	 *
	 * @returns in how many milliseconds there may be more to do; undefined: not before the next group
	 * @throws the error of a database that failed: nobody may go on with its connection (S25)
	 */
	step(engine: Engine, nowMs: number): number | undefined {
		try {
			return this.#reclaim(engine, nowMs) ?? (this.#growBallast(engine) ? 0 : undefined);
		} catch (error) {
			const code = sqliteCode(error);
			if (code !== undefined && code !== SQLITE.full) throw error;
			this.#warn(`housekeeping of the store failed: ${String(error)}`);
			return undefined;
		}
	}

	#reclaim(engine: Engine, nowMs: number): number | undefined {
		const isNearlyFull = this.refusal !== undefined;
		if (!hasPagesToReclaim(engine, isNearlyFull)) return undefined;
		const dueAt = Math.min(this.#groupAt + QUIET_MS, this.#stepAt + BUSY_STEP_MS);
		if (!isNearlyFull && nowMs < dueAt) return dueAt - nowMs;
		reclaimPages(engine, isNearlyFull);
		this.#stepAt = nowMs;
		return 0;
	}

	/**
	 * After errcode 13 (S46): with the ballast's room claims and acks go on; appends wait until there is room for it again.
	 *
	 * @returns whether there was a ballast to give up
	 */
	makeRoom(): boolean {
		const givenBytes = this.#ballast.release();
		if (givenBytes === 0) return false;
		this.#guard.demand(2 * givenBytes);
		this.measure();
		this.#warn(`the disk is full: ${givenBytes} bytes of ballast were given up to drain the store`);
		return true;
	}

	#growBallast(engine: Engine): boolean {
		const { missingBytes } = this.#ballast;
		if (missingBytes === 0 || this.refusal !== undefined) return false;
		if (databaseBytes(engine) < BALLAST_FROM_BYTES) return false;
		if (!this.#guard.hasRoomFor(2 * missingBytes)) return false;
		this.#ballast.grow();
		return true;
	}
}
