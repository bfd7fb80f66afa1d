/**
 * Keeps state that changes often (metrics, last seen) in one document without a write for each change: `touch` only marks it, and
 * what it is then is written at most every 10 s, and at close. A crash loses what changed since the last write, no more.
 *
 * One write at a time. One that fails is tried again after the same pause, with what the state is then; the first failure of a series
 * is reported. Another process may write the same document: then `merge` says what both make, and is asked again if that loses, too.
 */
import { CoreError } from '../errors';
import type { Cancel, Clock } from '../runtime/clock';
import type { Documents, StoredDocument } from './documents';

/** Pause between writes. */
export const WRITE_BEHIND_MS = 10_000;
/** Conflicts in a row that one write gets over; then it waits for the next. */
const MAX_CONFLICTS = 5;

export interface WriteBehindOptions {
	readonly documents: Documents;
	readonly clock: Clock;
	readonly collection: string;
	readonly id: string;
	/** The state as JSON value; asked when it is written. */
	readonly read: () => unknown;
	/**
	 * What to write where the document is not the one that was read or written here last. What came back may be our own: of a write
	 * that was reported as failed it is not known whether it was done.
	 *
	 * @param theirs undefined where it was removed or is damaged
	 */
	readonly merge: (mine: unknown, theirs: unknown) => unknown;
	/** Hears that what was read, or merged, last is in the store. */
	readonly onKept?: () => void;
	/** Hears the first failure of a series. */
	readonly onError: (error: unknown) => void;
	/** Default WRITE_BEHIND_MS. */
	readonly everyMs?: number;
}

export class WriteBehind {
	readonly #options: WriteBehindOptions;
	/** Of the document as this process knows it; 0: there is none. */
	#revision = 0;
	#isDirty = false;
	#isFailing = false;
	#isClosed = false;
	#cancel: Cancel | undefined;
	#writing: Promise<void> | undefined;

	constructor(options: WriteBehindOptions) {
		this.#options = options;
	}

	/** What was kept; undefined where there is nothing. To begin with, or the first write merges. @throws as `Documents.get` */
	async load(): Promise<unknown> {
		const { documents, collection, id } = this.#options;
		const found = await documents.get(collection, id);
		this.#revision = found?.revision ?? 0;
		return found?.value;
	}

	/** The state has changed. Cheap: to be called at every event. */
	touch(): void {
		if (this.#isClosed) return;
		this.#isDirty = true;
		if (this.#cancel === undefined) this.#plan();
	}

	/** Writes now what has changed; also what changed during a write that was under way. Throws nothing. */
	async flush(): Promise<void> {
		while (this.#writing !== undefined) await this.#writing;
		if (!this.#isDirty) return;
		this.#writing = this.#write().finally(() => (this.#writing = undefined));
		await this.#writing;
	}

	/** The last write; afterwards `touch` does nothing. Idempotent; throws nothing. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#cancel?.();
		this.#cancel = undefined;
		await this.flush();
	}

	#plan(): void {
		const { clock, everyMs = WRITE_BEHIND_MS } = this.#options;
		this.#cancel = clock.after(everyMs, () => {
			void this.flush().then(() => {
				this.#cancel = undefined;
				if (this.#isDirty && !this.#isClosed) this.#plan();
			});
		});
	}

	async #write(): Promise<void> {
		this.#isDirty = false;
		try {
			await this.#put();
			this.#isFailing = false;
		} catch (error) {
			this.#isDirty = true;
			if (!this.#isFailing) this.#options.onError(error);
			this.#isFailing = true;
		}
	}

	async #put(): Promise<void> {
		const { documents, collection, id, read, merge, onKept } = this.#options;
		let value = read();
		for (let conflicts = 0; ; conflicts++) {
			try {
				const ifRevision = this.#revision;
				this.#revision = await documents.put(collection, id, value, { ifRevision });
				onKept?.();
				return;
			} catch (error) {
				if (!isConflict(error) || conflicts === MAX_CONFLICTS) throw error;
			}
			const theirs = await this.#readCurrent();
			this.#revision = theirs?.revision ?? 0;
			// Asked again: it may have changed while the store was read.
			value = merge(read(), theirs?.value);
		}
	}

	/** A damaged one is replaced, unless somebody else has done it. */
	async #readCurrent(): Promise<Omit<StoredDocument, 'id'> | undefined> {
		const { documents, collection, id } = this.#options;
		try {
			return await documents.get(collection, id);
		} catch (error) {
			if (!(error instanceof CoreError) || error.code !== 'ERR_STORE_CORRUPT') throw error;
			return { revision: Number(error.details['revision']), value: undefined };
		}
	}
}

function isConflict(error: unknown): boolean {
	return error instanceof CoreError && error.code === 'ERR_DOCUMENT_CONFLICT';
}
