import { closeSync, openSync } from 'node:fs';

/**
 * A file descriptor of this process. Once it is closed its number belongs to whoever opens next: a socket of the host, another
 * database. So it is closed once, whatever failed before, and this class is the only way in which a store holds one (lint).
 */
export class Descriptor {
	#number: number | undefined;

	/** @throws the error of the file system */
	constructor(path: string, flags: string | number, mode = 0o600) {
		this.#number = openSync(path, flags, mode);
	}

	/** @throws Error when it is closed: a call with its number would reach the file of somebody else */
	get number(): number {
		if (this.#number === undefined) throw new Error('the file is closed');
		return this.#number;
	}

	/** Closes it, however often it is called. @throws the error of the file system, once; it is closed even then */
	close(): void {
		const number = this.#number;
		this.#number = undefined;
		if (number !== undefined) closeSync(number);
	}
}
