import { fdatasync } from 'node:fs';
import { Descriptor } from '../descriptor';

const MB = 1024 ** 2;
/** So much is synced at once. */
const SYNC_BYTES = 4 * MB;
/** So far the copying may be ahead of the disk. */
const AHEAD_BYTES = 16 * MB;
const MAX_PAUSE_MS = 16;

/**
 * Brings to the disk what was copied, while the copying goes on, and slows it down where the disk is slower. SQLite syncs a copy once,
 * at its end, with the lock of the database in hand: of 200 MB that are on no disk by then, every append waits for all of them.
 */
export class SyncBehind {
	readonly #file: Descriptor;
	#syncing: Promise<void> | undefined;
	#syncedBytes = 0;
	#pauseMs = 0;
	#error: Error | undefined;

	constructor(path: string) {
		// Windows syncs only what may be written.
		this.#file = new Descriptor(path, 'r+');
	}

	/** Between two pieces; blocks for MAX_PAUSE_MS at most. @throws the error of the file system that a sync met */
	follow(copiedBytes: number): void {
		if (this.#error !== undefined) throw this.#error;
		const behindBytes = copiedBytes - this.#syncedBytes;
		if (this.#syncing === undefined && behindBytes >= SYNC_BYTES) this.#begin(copiedBytes);
		this.#pauseMs =
			behindBytes > AHEAD_BYTES
				? Math.min(MAX_PAUSE_MS, Math.max(1, this.#pauseMs * 2))
				: Math.floor(this.#pauseMs / 2);
		if (this.#pauseMs > 0)
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.#pauseMs);
	}

	/** When the sync that runs has ended: its descriptor is somebody else's then. */
	async close(): Promise<void> {
		await this.#syncing;
		this.#file.close();
	}

	#begin(copiedBytes: number): void {
		this.#syncing = new Promise((resolve) => {
			fdatasync(this.#file.number, (error) => {
				this.#syncing = undefined;
				if (error === null) this.#syncedBytes = copiedBytes;
				else this.#error = error;
				resolve();
			});
		});
	}
}
