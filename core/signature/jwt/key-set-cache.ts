/**
 * The key sets of token issuers by their URLs. One fetch of a set at a time, for all who wait; asked for again when a token names a key
 * that is not in it, but no more often than the cool-down allows, whoever sends such tokens. Where a set cannot be fetched, the one that
 * is known goes on until it is too old; then nothing is let in.
 */
import { ReceiveError } from '../../errors';
import type { FetchText } from '../../runtime/fetch-text';
import { keepNewest } from '../../runtime/keep-newest';
import { processShared } from '../../runtime/process-shared';
import { readKeySet, type SetKey } from './key-set';

/** Between two fetches of a set, also failed ones. */
export const COOL_DOWN_MS = 30_000;
/** A set is fetched anew in the background from this age on. */
export const FRESH_MS = 600_000;
const MAX_SETS = 100;

interface Known {
	keys: readonly SetKey[] | undefined;
	/** When the keys came, and when they were asked for last; milliseconds since the Unix epoch. */
	fetchedAt: number;
	triedAt: number;
	/** Why the last fetch failed. */
	why: string;
	underWay: Promise<void> | undefined;
}

export interface WantedKeys {
	readonly url: string;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
	/** Older keys are not used. */
	readonly maxAgeMs: number;
	/** Whether the keys do for the token; if not, newer ones are asked for. */
	readonly doFor: (keys: readonly SetKey[]) => boolean;
}

export class KeySetCache {
	readonly #fetchText: FetchText;
	readonly #sets = new Map<string, Known>();

	constructor(fetchText: FetchText) {
		this.#fetchText = fetchText;
	}

	/** @throws ReceiveError ERR_SENDER_UNAVAILABLE where there are none that are young enough */
	async keysAt({ url, now, maxAgeMs, doFor }: WantedKeys): Promise<readonly SetKey[]> {
		const known = this.#known(url);
		const isUsable = (): boolean => known.keys !== undefined && now - known.fetchedAt < maxAgeMs;
		if (!isUsable() || !doFor(known.keys ?? [])) await this.#fetch(url, known, now);
		else if (now - known.fetchedAt >= FRESH_MS) void this.#fetch(url, known, now);
		if (known.keys !== undefined && isUsable()) return known.keys;
		throw unavailable(known.why);
	}

	#known(url: string): Known {
		const known = this.#sets.get(url) ?? {
			keys: undefined,
			fetchedAt: 0,
			triedAt: Number.NEGATIVE_INFINITY,
			why: '',
			underWay: undefined,
		};
		keepNewest(this.#sets, url, known, MAX_SETS);
		return known;
	}

	/** Never rejects. */
	#fetch(url: string, known: Known, now: number): Promise<void> {
		if (known.underWay) return known.underWay;
		// A clock that was put back waits for nothing.
		if (Math.abs(now - known.triedAt) < COOL_DOWN_MS) return Promise.resolve();
		known.triedAt = now;
		known.underWay = this.#read(url)
			.then(
				(keys) => Object.assign(known, { keys, fetchedAt: now, why: '' }),
				(error: unknown) => {
					known.why =
						error instanceof ReceiveError ? error.message : 'its server cannot be reached';
				},
			)
			.then(() => {
				known.underWay = undefined;
			});
		return known.underWay;
	}

	async #read(url: string): Promise<readonly SetKey[]> {
		const { status, text } = await this.#fetchText(url);
		if (status !== 200) throw unavailable(`its server answered ${status}`);
		const keys = readKeySet(text);
		if (keys) return keys;
		throw unavailable('what its server has is no key set of at most 64 KiB');
	}
}

/** The one of a port. @throws ReceiveError ERR_SENDER_UNAVAILABLE where there is no port */
export function keySetsOf(fetchText: FetchText | undefined): KeySetCache {
	if (!fetchText) throw unavailable('nothing can be fetched here');
	return processShared('key-sets', () => new KeySetCache(fetchText), fetchText);
}

function unavailable(why: string): ReceiveError {
	return new ReceiveError(
		'ERR_SENDER_UNAVAILABLE',
		why.startsWith(PREFIX) ? why : `${PREFIX}: ${why}`,
	);
}

const PREFIX = 'the keys of the token issuer could not be fetched';
