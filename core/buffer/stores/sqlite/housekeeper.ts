import { join } from 'node:path';
import { Ballast } from './ballast';
import { SQLITE, sqliteCode } from './connection';
import type { Engine } from './engine';
import { defaultBallastBytes, FreeSpaceGuard, measureDisk, type MeasureDisk } from './free-space';
import type { WorkerOptions } from './protocol';
import { databaseBytes, reclaimPages } from './reclaim';

/** A store that holds less has nothing worth a ballast. */
const BALLAST_FROM_BYTES = 1024 ** 2;

/** The store's dealings with the disk's free space: guard, ballast, and the pages that deliveries leave behind. */
export class Housekeeper {
	readonly #guard: FreeSpaceGuard;
	readonly #ballast: Ballast;
	readonly #warn: (message: string) => void;

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

	/** Before a group that appends. */
	measure(): void {
		this.#guard.measure(performance.now());
	}

	/** @throws BufferError ERR_BUFFER_FULL */
	check(): void {
		this.#guard.check();
	}

	/**
	 * One step, between groups when nothing else is to do; one that finds no room is tried again after a later group.
	 *
	 * @returns whether there may be more to do
	 * @throws the error of a database that failed: nobody may go on with its connection (S25)
	 */
	step(engine: Engine): boolean {
		try {
			return reclaimPages(engine, this.refusal !== undefined) || this.#growBallast(engine);
		} catch (error) {
			const code = sqliteCode(error);
			if (code !== undefined && code !== SQLITE.full) throw error;
			this.#warn(`housekeeping of the store failed: ${String(error)}`);
			return false;
		}
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
