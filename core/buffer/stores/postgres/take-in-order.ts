import { isByKey } from '../export-rules';
import { keyBytes, keyText } from '../key-bytes';
import { readSizeBytes, type RowPlaces, rowAt } from '../row-codec';
import {
	type Chunk,
	CHUNK_COLUMNS,
	type ChunkRow,
	cutChunk,
	deleteChunk,
	insertChunks,
	openBody,
	readBody,
	toChunk,
} from './chunks';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { keyAt, runsOf } from './key-runs';
import { busyOf, refreshKeys } from './key-tables';
import { quarantineChunk } from './quarantine';
import { cutInTwo, headerOf, type Taken, type TakeLimits, Taking } from './taking';

/** Of a page of chunks that are read with their bodies. */
const PAGE_BYTES = 4 * 1024 ** 2;
const MAX_PAGE = 1_000;

const READY = `
SELECT k.key, c.* FROM (SELECT key, seq, sub FROM @held_key WHERE export = $1 AND is_ready ORDER BY seq, sub LIMIT $2) AS k
CROSS JOIN LATERAL (SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE export = $1 AND hold = k.key ORDER BY seq, sub LIMIT $2) AS c
ORDER BY k.seq, k.sub, c.seq, c.sub LIMIT $2 + 100`;

const UNHOLD = `
UPDATE @chunk c SET hold = NULL FROM unnest($2::bigint[], $3::int[]) AS t(seq, sub)
WHERE c.export = $1 AND c.seq = t.seq AND c.sub = t.sub`;

const HOLD = `
UPDATE @chunk c SET hold = t.hold FROM unnest($2::bigint[], $3::int[], $4::bytea[]) AS t(seq, sub, hold)
WHERE c.export = $1 AND c.seq = t.seq AND c.sub = t.sub`;

const UNREAD = `
SELECT * FROM (
	SELECT *, sum(body_bytes) OVER (ORDER BY seq, sub) - body_bytes AS before FROM (
		SELECT ${CHUNK_COLUMNS}, body_bytes, body FROM @chunk
		WHERE export = $1 AND batch IS NULL AND hold IS NULL AND (seq, sub) > ($2, $3) ORDER BY seq, sub LIMIT $4
	) AS head
) AS page WHERE before < ${PAGE_BYTES} ORDER BY seq, sub`;

type ChunkWithBody = ChunkRow & { readonly body: Buffer };

/** With the names of their keys. */
export type KeyedTaken = Taken & {
	readonly keys: ReadonlySet<string>;
	/** Of rows that were held or are held now: to be looked at again when the batch has its keys. */
	readonly touched: ReadonlySet<string>;
};

/**
 * Takes waiting rows where some are held, or are to be (I22): those that are ready, then the oldest that no claim has come to; of these a
 * row whose key is busy is held. Each row is looked at once. Within the limits (I12) and of one mapping revision.
 *
 * @param isMet whether rows that no claim has come to are taken, too
 */
export async function takeInOrder(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	limits: TakeLimits,
	isMet: boolean,
): Promise<KeyedTaken | undefined> {
	const walk = new Walk(engine, tx, e, limits);
	await walk.takeReady();
	if (isMet) await walk.takeUnread();
	return walk.end();
}

class Walk {
	readonly #engine: Engine;
	readonly #tx: Transaction;
	readonly #export: ExportRecord;
	readonly #limits: TakeLimits;
	readonly #taking: Taking;
	readonly #keys = new Set<string>();
	/** Of rows that this claim took from what was held, or holds. */
	readonly #touched = new Set<string>();
	/** They wait as others do until they are in a batch. */
	readonly #taken = new Set<string>();

	constructor(engine: Engine, tx: Transaction, e: ExportRecord, limits: TakeLimits) {
		this.#engine = engine;
		this.#tx = tx;
		this.#export = e;
		this.#limits = limits;
		this.#taking = new Taking(limits);
	}

	/** Key by key, the key whose first row is oldest before the others. */
	async takeReady(): Promise<void> {
		const { query } = this.#tx;
		const e = this.#export;
		const rows = await query<ChunkRow & { key: Buffer }>(READY, [e.id, this.#limits.count]);
		const taken: Chunk[] = [];
		let passedKey: string | undefined;
		for (const row of rows) {
			const key = keyText(row.key);
			if (key === passedKey) continue;
			const chunk = toChunk(row);
			if (!this.#taking.isOfRevision(chunk.mappingRevision)) {
				passedKey = key;
				continue;
			}
			const fitting = await this.#fittingOf(chunk, row.key);
			if (fitting === 'damaged') continue;
			if (fitting !== undefined) {
				taken.push(fitting);
				this.#taking.add(fitting, 'behind');
				this.#keys.add(key);
				this.#touched.add(key);
			}
			if (fitting?.count !== chunk.count) break;
		}
		if (taken.length === 0) return;
		const places = [taken.map(({ seq }) => seq), taken.map(({ sub }) => sub)] as const;
		await query(UNHOLD, [e.id, ...places]);
		const delta = deltaOf(this.#tx, e.id);
		for (const chunk of taken) {
			delta.heldRows -= chunk.count;
			delta.heldBytes -= chunk.bytes;
			this.#taken.add(placeOf(chunk));
		}
		// Of a key of which nothing is held any more the next row that waits may come along.
		await refreshKeys(query, e.id, this.#touched);
	}

	/** As much of a held chunk as the batch has room for. */
	async #fittingOf(chunk: Chunk, hold: Buffer): Promise<Chunk | 'damaged' | undefined> {
		if (this.#taking.fits(chunk.count, chunk.bytes)) return chunk;
		const body = await readBody(this.#tx.query, this.#export.id, chunk);
		const found = openBody(chunk, body);
		if (found === undefined) {
			await quarantineChunk(this.#engine, this.#tx, this.#export, chunk, body);
			return 'damaged';
		}
		let [count, bytes] = [0, 0];
		while (count < chunk.count) {
			bytes += readSizeBytes(rowAt(found, count));
			if (!this.#taking.fits(count + 1, bytes)) break;
			count++;
		}
		return (await cutInTwo(this.#tx, this.#export, chunk, found, count, hold)).head;
	}

	async takeUnread(): Promise<void> {
		const e = this.#export;
		let place = { seq: 0, sub: -1 };
		const size = Math.min(MAX_PAGE, this.#limits.count);
		for (;;) {
			const values = [e.id, place.seq, place.sub, size];
			const page = await this.#tx.query<ChunkWithBody>(UNREAD, values);
			if (!(await this.#takePage(page))) return;
			const last = page.at(-1);
			if (last === undefined) return;
			place = { seq: last.seq, sub: last.sub };
		}
	}

	/** @returns whether more may be taken */
	async #takePage(page: readonly ChunkWithBody[]): Promise<boolean> {
		const opened: { readonly chunk: Chunk; readonly found: RowPlaces }[] = [];
		for (const row of page) {
			const chunk = toChunk(row);
			if (this.#taken.has(placeOf(chunk))) continue;
			const found = openBody(chunk, row.body);
			if (found === undefined)
				await quarantineChunk(this.#engine, this.#tx, this.#export, chunk, row.body);
			else opened.push({ chunk, found });
		}
		const busy = await this.#busyOf(opened);
		const whole: { readonly chunk: Chunk; readonly key: string }[] = [];
		let isMore = true;
		for (const { chunk, found } of opened) {
			isMore = await this.#takeChunk(chunk, found, busy, whole);
			if (!isMore) break;
		}
		if (whole.length > 0) {
			await this.#tx.query(HOLD, [
				this.#export.id,
				whole.map(({ chunk }) => chunk.seq),
				whole.map(({ chunk }) => chunk.sub),
				whole.map(({ key }) => keyBytes(key)),
			]);
		}
		return isMore;
	}

	async #busyOf(
		opened: readonly { readonly chunk: Chunk; readonly found: RowPlaces }[],
	): Promise<Set<string>> {
		const e = this.#export;
		if (!isByKey(e)) return new Set();
		const names = new Set<string>();
		for (const { chunk, found } of opened) {
			for (let index = 0; index < chunk.count; index++) {
				const key = keyAt(found, index);
				if (key !== undefined) names.add(key);
			}
		}
		return busyOf(this.#tx.query, e.id, names);
	}

	/** @param whole chunks of which all rows are held for one key */
	async #takeChunk(
		chunk: Chunk,
		found: RowPlaces,
		busy: Set<string>,
		whole: { readonly chunk: Chunk; readonly key: string }[],
	): Promise<boolean> {
		const e = this.#export;
		let [count, bytes, end] = [0, 0, 0];
		const ways: (string | null)[] = [];
		const isAlike = this.#taking.isOfRevision(chunk.mappingRevision);
		for (; isAlike && end < chunk.count; end++) {
			if (this.#taking.count + count >= this.#limits.count) break;
			const key = isByKey(e) ? keyAt(found, end) : undefined;
			if (key !== undefined && busy.has(key)) {
				ways.push(key);
				continue;
			}
			const more = bytes + readSizeBytes(rowAt(found, end));
			if (!this.#taking.fits(count + 1, more)) break;
			[count, bytes] = [count + 1, more];
			ways.push(null);
			if (key !== undefined) this.#keys.add(key);
		}
		await this.#apply(chunk, found, ways, whole);
		return end === chunk.count;
	}

	async #apply(
		chunk: Chunk,
		found: RowPlaces,
		ways: readonly (string | null)[],
		whole: { readonly chunk: Chunk; readonly key: string }[],
	): Promise<void> {
		const { id } = this.#export;
		const delta = deltaOf(this.#tx, id);
		const runs = runsOf(chunk.count, (index) => ways[index]);
		const free = runs.filter(({ way }) => way === null);
		const [only] = free;
		if (only?.end === chunk.count && only.from === 0) return this.#taking.add(chunk, 'behind');
		const held = runs.flatMap(({ from, end, way }) =>
			way === null ? [] : [{ from, end, key: way }],
		);
		for (const { from, end, key } of held) {
			this.#touched.add(key);
			delta.heldRows += end - from;
			for (let at = from; at < end; at++) delta.heldBytes += readSizeBytes(rowAt(found, at));
		}
		const [first] = held;
		if (first?.from === 0 && first.end === chunk.count) {
			whole.push({ chunk, key: first.key });
			return;
		}
		if (ways.length === 0) return;
		const cut = (from: number, end: number) => cutChunk(chunk, found, from, end, null);
		const takenPieces = free.map(({ from, end }) => cut(from, end));
		const pieces = [
			...takenPieces,
			...held.map(({ from, end, key }) => ({ ...cut(from, end), hold: keyBytes(key) })),
			...(ways.length < chunk.count ? [cut(ways.length, chunk.count)] : []),
		];
		await deleteChunk(this.#tx.query, id, chunk);
		await insertChunks(this.#tx.query, id, pieces);
		for (const piece of takenPieces) {
			const taken = headerOf(chunk, piece);
			this.#taking.add(taken, 'behind');
			// The next page finds it again.
			this.#taken.add(placeOf(taken));
		}
	}

	async end(): Promise<KeyedTaken | undefined> {
		this.#taking.sort();
		const taken = this.#taking.end(this.#tx, this.#export);
		if (taken === undefined) await refreshKeys(this.#tx.query, this.#export.id, this.#touched);
		return taken && { ...taken, keys: this.#keys, touched: this.#touched };
	}
}

function placeOf({ seq, sub }: Pick<Chunk, 'seq' | 'sub'>): string {
	return `${seq}.${sub}`;
}
