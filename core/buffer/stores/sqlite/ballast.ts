import { randomFillSync } from 'node:crypto';
import { rmSync, statSync, writeSync } from 'node:fs';
import { Descriptor } from './descriptor';

const STEP_BYTES = 1024 ** 2;

/**
 * `ballast.bin`: room that is really allocated (random bytes, so that no file system packs them) and given up when the disk is
 * full, since on a full disk not even claims and acks work (S45, S46). Written in steps of 1 MB, about 3 ms each.
 */
export class Ballast {
	readonly #path: string;
	readonly #bytes: number;
	#writtenBytes: number;

	constructor(path: string, bytes: number) {
		this.#path = path;
		this.#bytes = bytes;
		this.#writtenBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	}

	/** Bytes that are still to be written. */
	get missingBytes(): number {
		return Math.max(0, this.#bytes - this.#writtenBytes);
	}

	/** @throws the error of the file system; the ballast is gone then */
	grow(): void {
		const block = randomFillSync(Buffer.alloc(Math.min(STEP_BYTES, this.missingBytes)));
		const file = new Descriptor(this.#path, 'a');
		try {
			this.#writtenBytes += writeSync(file.number, block);
		} catch (error) {
			this.release();
			throw error;
		} finally {
			file.close();
		}
	}

	/** Gives its room to claims and acks. @returns the bytes given */
	release(): number {
		const given = this.#writtenBytes;
		rmSync(this.#path, { force: true });
		this.#writtenBytes = 0;
		return given;
	}
}
