import type { WorkerMessage } from './protocol';

const MAX_STANDING = 20;

/** What the worker says without being asked: to the host's log, and what stays true to `stats`, too. */
export class Notices {
	readonly #post: (message: WorkerMessage) => void;
	readonly #standing: string[] = [];

	constructor(post: (message: WorkerMessage) => void) {
		this.#post = post;
	}

	/** What stays true while the store is open: rows may be missing, or an answer means less. */
	get standing(): readonly string[] {
		return this.#standing;
	}

	warn(message: string): void {
		this.#post({ kind: 'warning', message });
	}

	keep(message: string): void {
		this.#standing.push(message);
		if (this.#standing.length > MAX_STANDING) this.#standing.shift();
		this.warn(message);
	}
}
