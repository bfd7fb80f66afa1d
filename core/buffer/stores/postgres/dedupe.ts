import type { AppendRequest, DedupeKey } from '../../store';
import { indexBytes, keyText } from '../key-bytes';
import { seeKeys } from '../known-keys';
import type { Query } from '../../../postgres/connection';

/** A key that was inside its window until now stays, and is not returned (I19). */
const REMEMBER = `
INSERT INTO @dedupe AS d (receiver, key, until)
SELECT decode(receiver, 'hex'), decode(key, 'hex'), until
FROM unnest($1::text[], $2::text[], $3::double precision[]) AS k(receiver, key, until) ORDER BY 1, 2
ON CONFLICT (receiver, key) DO UPDATE SET until = excluded.until WHERE d.until <= $4
RETURNING encode(receiver, 'hex') AS receiver, encode(key, 'hex') AS key`;

const FORGET = `
DELETE FROM @dedupe AS d USING unnest($1::text[], $2::text[]) AS k(receiver, key)
WHERE d.receiver = decode(k.receiver, 'hex') AND d.key = decode(k.key, 'hex')`;

/** Digests of long keys are none that could be given again. */
const SELECT_LIVE = `
SELECT key, until FROM @dedupe
WHERE receiver = decode($1, 'hex') AND key > decode($2, 'hex') AND until > $3 AND substr(key, 1, 1) <> '\\xfe'::bytea
ORDER BY key LIMIT $4`;

/** Receiver and key as one text → the end of the key's window. */
type Ends = Map<string, number>;

/**
 * The keys of a group's requests. All are written first, in one statement and in their order, so that nobody waits in a circle: who
 * comes with a key that another process is just writing waits for that commit, since a duplicate is answered only after the original
 * is durable (I19). What a refused request brought goes again.
 */
export class GroupKeys {
	readonly #query: Query;
	readonly #livedAt: number;
	/** Those that were new. */
	readonly #written: Ends;
	/** Those of the requests that were taken. */
	readonly #kept: Ends = new Map();

	private constructor(query: Query, livedAt: number, written: Ends) {
		this.#query = query;
		this.#livedAt = livedAt;
		this.#written = written;
	}

	static async write(
		query: Query,
		requests: readonly AppendRequest[],
		livedAt: number,
	): Promise<GroupKeys> {
		const ends: Ends = new Map();
		for (const { receiverId, events } of requests) {
			for (const { dedupeKeys = [] } of events) {
				for (const { key, windowMs } of dedupeKeys) {
					const name = nameOf(receiverId, key);
					if (!ends.has(name)) ends.set(name, livedAt + windowMs);
				}
			}
		}
		return new GroupKeys(query, livedAt, await remember(query, ends, livedAt));
	}

	/** For the requests in their order; one after the other. */
	of({ receiverId }: AppendRequest): RequestKeys {
		const { livedAt, written, kept } = {
			livedAt: this.#livedAt,
			written: this.#written,
			kept: this.#kept,
		};
		const fresh: Ends = new Map();
		const isKnown = (name: string) => !written.has(name) || kept.has(name) || fresh.has(name);
		return {
			see(keys) {
				return seeKeys(
					keys,
					({ key }) => isKnown(nameOf(receiverId, key)),
					({ key, windowMs }) => {
						const name = nameOf(receiverId, key);
						fresh.set(name, Math.max(livedAt + windowMs, fresh.get(name) ?? 0));
					},
				);
			},
			keep() {
				for (const [name, until] of fresh) kept.set(name, until);
			},
		};
	}

	/** Leaves those of the requests that were taken, with their windows. */
	async settle(): Promise<void> {
		const wrong = [...this.#written].filter(([name, until]) => this.#kept.get(name) !== until);
		if (wrong.length === 0) return;
		await this.#query(FORGET, split(wrong.map(([name]) => name)));
		const other = wrong.flatMap(([name]) => {
			const until = this.#kept.get(name);
			return until === undefined ? [] : ([[name, until]] as const);
		});
		await remember(this.#query, new Map(other), this.#livedAt);
	}
}

/** Those of a receiver that are inside their window, behind one of them. */
export async function listKeys(
	query: Query,
	livedAt: number,
	o: { readonly receiverId: string; readonly after: string; readonly limit: number },
): Promise<DedupeKey[]> {
	const values = [toHex(o.receiverId), toHex(o.after), livedAt, o.limit];
	const found = await query<{ key: Buffer; until: number }>(SELECT_LIVE, values);
	return found.map(({ key, until }) => ({ key: keyText(key), windowMs: until - livedAt }));
}

export interface RequestKeys {
	/** @returns positions of those that were seen before, also in an event before this one */
	see(keys: readonly DedupeKey[]): readonly number[];
	/** The request was taken. */
	keep(): void;
}

/** @returns those that were new */
async function remember(query: Query, ends: Ends, livedAt: number): Promise<Ends> {
	if (ends.size === 0) return ends;
	const written = await query<{ receiver: string; key: string }>(REMEMBER, [
		...split([...ends.keys()]),
		[...ends.values()],
		livedAt,
	]);
	return new Map(
		written.map(({ receiver, key }) => {
			const name = `${receiver}/${key}`;
			return [name, ends.get(name) ?? 0];
		}),
	);
}

function split(names: readonly string[]): [string[], string[]] {
	const parts = names.map((name) => name.split('/'));
	return [parts.map(([receiver = '']) => receiver), parts.map(([, key = '']) => key)];
}

function nameOf(receiverId: string, key: string): string {
	return `${toHex(receiverId)}/${toHex(key)}`;
}

function toHex(text: string): string {
	return indexBytes(text).toString('hex');
}
