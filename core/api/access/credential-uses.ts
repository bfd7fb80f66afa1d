/**
 * When each credential let somebody in last, so that a person sees which of them nobody uses, and when a former secret can go. One
 * document, written behind: a crash loses the last seconds. Processes that share the store put theirs together.
 */
import type { Documents } from '../../buffer/documents';
import { WriteBehind } from '../../buffer/write-behind';
import type { Clock } from '../../runtime/clock';
import { keepNewest } from '../../runtime/keep-newest';
import { ACCESS_COLLECTIONS } from './documents';

const ID = 'all';
/** Nobody asks for less, and each request comes here. */
const PRECISION_MS = 60_000;
/** With their times far below the bound of a document. */
const MAX_CREDENTIALS = 10_000;

export interface UsePorts {
	readonly documents: Documents;
	readonly clock: Clock;
	readonly onError: (error: unknown) => void;
}

export class CredentialUses {
	readonly #kept: WriteBehind;
	/** By credential, the last one at the end. */
	#uses = new Map<string, number>();

	constructor({ documents, clock, onError }: UsePorts) {
		this.#kept = new WriteBehind({
			documents,
			clock,
			collection: ACCESS_COLLECTIONS.uses,
			id: ID,
			read: () => Object.fromEntries(this.#uses),
			merge: (_mine, theirs) => this.#adopt(readUses(theirs)),
			onError,
		});
	}

	used(credential: string, at: number): void {
		const before = this.#uses.get(credential) ?? Number.NEGATIVE_INFINITY;
		if (Math.abs(at - before) < PRECISION_MS) return;
		keepNewest(this.#uses, credential, at, MAX_CREDENTIALS);
		this.#kept.touch();
	}

	/** Writes what was seen. Never rejects. */
	close(): Promise<void> {
		return this.#kept.close();
	}

	#adopt(theirs: ReadonlyMap<string, number>): unknown {
		const both = new Map(theirs);
		for (const [id, at] of this.#uses) both.set(id, Math.max(at, theirs.get(id) ?? at));
		const newest = [...both].sort(([, a], [, b]) => a - b).slice(-MAX_CREDENTIALS);
		this.#uses = new Map(newest);
		return Object.fromEntries(newest);
	}
}

/** By credential, milliseconds since the Unix epoch; of the last ten seconds not all. What is damaged says nothing. */
export async function lastUses(documents: Documents): Promise<ReadonlyMap<string, number>> {
	const found = await documents.get(ACCESS_COLLECTIONS.uses, ID).catch(() => undefined);
	return readUses(found?.value);
}

function readUses(value: unknown): ReadonlyMap<string, number> {
	if (typeof value !== 'object' || value === null) return new Map();
	return new Map(Object.entries(value).filter(([, at]) => Number.isFinite(at)));
}
