import { join } from 'node:path';
import { BufferError } from '../../../errors';
import { RETRY_AFTER_MS } from '../defaults';
import { fileIdentity } from './file-identity';
import type { Answer, Call } from './protocol';
import { packError } from './thrown-error';

const NAMES = ['store.db', 'store.db-wal', 'store.wit'] as const;

/**
 * The files that an open store writes to, by device and inode. Files that were removed or replaced under it go on working: what is
 * committed to them is gone with the process. So it is asked after each commit that stored events, before anybody is answered:
 * then no event is acknowledged into nothing, not one. Three stats take 10 µs, a commit some hundred.
 */
export class OpenFiles {
	readonly #directory: string;
	readonly #found: ReadonlyMap<string, string | undefined>;

	/** Of a store that is open, so that SQLite has made its log. */
	constructor(directory: string) {
		this.#directory = directory;
		this.#found = new Map(NAMES.map((name) => [name, fileIdentity(join(directory, name))]));
	}

	/** @returns the name of one that is not there any more, or is another one */
	findLost(): string | undefined {
		return NAMES.find((name) => {
			const held = this.#found.get(name);
			return held === undefined || held !== fileIdentity(join(this.#directory, name));
		});
	}
}

/** What senders and people are told; rows that are in the removed files are still delivered from there. */
export function filesLost(directory: string, name: string): BufferError {
	return new BufferError(
		'ERR_STORE_UNAVAILABLE',
		`${name} of store ${directory} was removed or replaced while the store was open: no event is taken, since none would be kept; ` +
			'what the store still holds is delivered. Put the files back, or wait until nothing is waiting any more and restart the host',
		{ retryAfterMs: RETRY_AFTER_MS, details: { directory, name } },
	);
}

/** Whether a call is answered with something being kept for good, beyond what the rows in the store are for. */
export function keeps({ op }: Call): boolean {
	return op === 'append' || op === 'putDocument' || op === 'removeDocument';
}

/** Of a group that was committed to files nobody will find: also what was a duplicate of it is stored nowhere. */
export function refuseKept(
	group: readonly Call[],
	answers: readonly Answer[],
	error: BufferError,
): Answer[] {
	const kept = new Set(group.filter(keeps).map(({ id }) => id));
	const others = answers.filter((answer) => 'thrown' in answer || !kept.has(answer.id));
	for (const { id } of others) kept.delete(id);
	return [...others, ...Array.from(kept, (id) => ({ id, thrown: packError(error) }))];
}
