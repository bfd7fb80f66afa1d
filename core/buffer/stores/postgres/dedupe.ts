import { DEDUPE_WINDOW_MS } from '../defaults';
import type { AppendRequest } from '../append-request';
import { indexBytes } from '../key-bytes';
import type { Query } from './connection';

/** A producer's key that was inside its window until now stays, and is not returned (I19). */
const REMEMBER = `
INSERT INTO @dedupe AS d (receiver, key, until)
SELECT decode(receiver, 'hex'), decode(key, 'hex'), until
FROM unnest($1::text[], $2::text[], $3::double precision[]) AS k(receiver, key, until) ORDER BY 1, 2
ON CONFLICT (receiver, key) DO UPDATE SET until = excluded.until WHERE d.until <= $4
RETURNING encode(receiver, 'hex') AS receiver, encode(key, 'hex') AS key`;

const FORGET = `
DELETE FROM @dedupe AS d USING unnest($1::text[], $2::text[]) AS k(receiver, key)
WHERE d.receiver = decode(k.receiver, 'hex') AND d.key = decode(k.key, 'hex')`;

/** Requests that repeat a key; with the one they repeat where that is in the same group. */
export type Duplicates = ReadonlyMap<AppendRequest, AppendRequest | undefined>;

/**
 * Remembers the keys of a group. Who comes with a key that another process is just writing waits for that commit: a duplicate
 * is answered only after the original is durable (I19). In the order of keys, so that nobody waits in a circle.
 */
export async function rememberKeys(
	query: Query,
	requests: readonly AppendRequest[],
	livedAt: number,
): Promise<Duplicates> {
	const first = new Map<string, AppendRequest>();
	const duplicates = new Map<AppendRequest, AppendRequest | undefined>();
	for (const request of requests) {
		const name = keyOf(request);
		if (name === undefined) continue;
		if (first.has(name)) duplicates.set(request, first.get(name));
		else first.set(name, request);
	}
	if (first.size === 0) return duplicates;
	const entries = [...first];
	const fresh = await query<{ receiver: string; key: string }>(REMEMBER, [
		...split(entries.map(([name]) => name)),
		entries.map(([, { dedupeWindowMs = DEDUPE_WINDOW_MS }]) => livedAt + dedupeWindowMs),
		livedAt,
	]);
	const isFresh = new Set(fresh.map(({ receiver, key }) => `${receiver}/${key}`));
	for (const [name, request] of entries) if (!isFresh.has(name)) duplicates.set(request, undefined);
	return duplicates;
}

/** For requests that were refused after all: their sender comes again with the same key. */
export async function forgetKeys(query: Query, requests: readonly AppendRequest[]): Promise<void> {
	const names = requests.flatMap((request) => keyOf(request) ?? []);
	if (names.length > 0) await query(FORGET, split(names));
}

function split(names: readonly string[]): [string[], string[]] {
	const parts = names.map((name) => name.split('/'));
	return [parts.map(([receiver = '']) => receiver), parts.map(([, key = '']) => key)];
}

function keyOf({ receiverId, dedupeKey }: AppendRequest): string | undefined {
	return dedupeKey === undefined ? undefined : `${toHex(receiverId)}/${toHex(dedupeKey)}`;
}

function toHex(text: string): string {
	return indexBytes(text).toString('hex');
}
