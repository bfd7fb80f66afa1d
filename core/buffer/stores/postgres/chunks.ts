import { crc32 } from 'node:zlib';
import { findRows, readReceivedAt, readSizeBytes, type RowPlaces, rowAt } from '../row-codec';
import type { Query, SqlValue } from '../../../postgres/connection';

/** What is known of a chunk without its body. */
export interface Chunk {
	/** Together its place in the export (S57): where it was appended, and for a part of a chunk the row it begins with. */
	readonly seq: number;
	readonly sub: number;
	readonly count: number;
	readonly bytes: number;
	readonly at: number;
	readonly lastAt: number;
	readonly arrivedAt: number;
	readonly mappingRevision: number;
	readonly crc: number;
	/** Of its first row; 0 before its first claim. */
	readonly rowId: number;
}

export interface NewChunk extends Omit<Chunk, 'seq' | 'sub' | 'crc'> {
	readonly batch: number | null;
	readonly body: Buffer;
	/** The key that its rows are held for (I22). */
	readonly hold?: Buffer;
	/** Absent: behind everything that was appended before. */
	readonly place?: { readonly seq: number; readonly sub: number };
}

export interface ChunkRow {
	readonly seq: number;
	readonly sub: number;
	readonly n: number;
	readonly bytes: number;
	readonly at: number;
	readonly last_at: number;
	readonly arrived_at: number;
	readonly revision: number;
	readonly crc: number;
	readonly row_id: number;
}

export const CHUNK_COLUMNS = 'seq, sub, n, bytes, at, last_at, arrived_at, revision, crc, row_id';

const FIELDS = 15;
/** PostgreSQL takes 65,535 parameters. */
const MAX_PER_INSERT = 1_000;

export function toChunk(row: ChunkRow): Chunk {
	return {
		seq: row.seq,
		sub: row.sub,
		count: row.n,
		bytes: row.bytes,
		at: row.at,
		lastAt: row.last_at,
		arrivedAt: row.arrived_at,
		mappingRevision: row.revision,
		crc: row.crc,
		rowId: row.row_id,
	};
}

export async function insertChunks(
	query: Query,
	exportNumber: number,
	chunks: readonly NewChunk[],
): Promise<void> {
	for (let from = 0; from < chunks.length; from += MAX_PER_INSERT) {
		const some = chunks.slice(from, from + MAX_PER_INSERT);
		const values: SqlValue[] = [];
		const tuples = some.map((chunk, index) => {
			values.push(...toValues(exportNumber, chunk));
			const parameters = Array.from({ length: FIELDS }, (_, at) => `$${index * FIELDS + at + 1}`);
			const [place, sub, ...rest] = parameters;
			const seq = `coalesce(${place}::bigint, nextval('@chunk_seq'))`;
			return `(${seq}, ${sub}, ${rest.join(', ')})`;
		});
		const text = `INSERT INTO @chunk (seq, sub, export, n, bytes, at, last_at, arrived_at, revision, crc, body_bytes, batch, row_id, body, hold) VALUES ${tuples.join(', ')}`;
		await query(text, values);
	}
}

/** The first row of an export that waits. */
export interface Oldest {
	readonly at: number;
	readonly arrivedAt: number;
}

const OLDEST = `
SELECT e AS export, w.at, w.arrived_at FROM unnest($1::int[]) AS e CROSS JOIN LATERAL
	(SELECT at, arrived_at FROM (
		(SELECT seq, sub, at, arrived_at FROM @chunk WHERE export = e AND batch IS NULL AND hold IS NULL ORDER BY seq, sub LIMIT 1)
		UNION ALL
		(SELECT seq, sub, at, arrived_at FROM @chunk WHERE export = e AND hold IS NOT NULL ORDER BY seq, sub LIMIT 1)
	) AS firsts ORDER BY seq, sub LIMIT 1) AS w`;

/** By export; one of which nothing waits is missing. */
export async function oldestWaiting(
	query: Query,
	exportNumbers: readonly number[],
): Promise<Map<number, Oldest>> {
	const rows = await query<{ export: number; at: number; arrived_at: number }>(OLDEST, [
		exportNumbers,
	]);
	return new Map(rows.map((row) => [row.export, { at: row.at, arrivedAt: row.arrived_at }]));
}

/** The rows of a chunk; undefined when it is damaged (S50). */
export function openBody(chunk: Pick<Chunk, 'crc' | 'count'>, body: Buffer): RowPlaces | undefined {
	return crc32(body) === chunk.crc ? findRows(body, chunk.count) : undefined;
}

export async function readBody(
	query: Query,
	exportNumber: number,
	chunk: Pick<Chunk, 'seq' | 'sub'>,
): Promise<Buffer> {
	const [row] = await query<{ body: Buffer }>(
		'SELECT body FROM @chunk WHERE export = $1 AND seq = $2 AND sub = $3',
		[exportNumber, chunk.seq, chunk.sub],
	);
	return row?.body ?? Buffer.alloc(0);
}

/** Rows `from` … `end` of a chunk as a chunk of their own; 0-based. */
export function cutChunk(
	chunk: Chunk,
	found: RowPlaces,
	from: number,
	end: number,
	batch: number | null,
): NewChunk {
	const first = readReceivedAt(rowAt(found, from));
	let bytes = 0;
	for (let index = from; index < end; index++) bytes += readSizeBytes(rowAt(found, index));
	return {
		count: end - from,
		bytes,
		at: first,
		lastAt: readReceivedAt(rowAt(found, end - 1)),
		arrivedAt: from === 0 ? chunk.arrivedAt : chunk.arrivedAt + Math.max(0, first - chunk.at),
		mappingRevision: chunk.mappingRevision,
		rowId: chunk.rowId === 0 ? 0 : chunk.rowId + from,
		batch,
		body: found.body.subarray(found.offsets[from], found.offsets[end]),
		place: { seq: chunk.seq, sub: chunk.sub + from },
	};
}

export async function deleteChunk(
	query: Query,
	exportNumber: number,
	chunk: Pick<Chunk, 'seq' | 'sub'>,
): Promise<void> {
	await query('DELETE FROM @chunk WHERE export = $1 AND seq = $2 AND sub = $3', [
		exportNumber,
		chunk.seq,
		chunk.sub,
	]);
}

function toValues(exportNumber: number, chunk: NewChunk): SqlValue[] {
	return [
		chunk.place?.seq ?? null,
		chunk.place?.sub ?? 0,
		exportNumber,
		chunk.count,
		chunk.bytes,
		chunk.at,
		chunk.lastAt,
		chunk.arrivedAt,
		chunk.mappingRevision,
		crc32(chunk.body),
		chunk.body.byteLength,
		chunk.batch,
		chunk.rowId,
		chunk.body,
		chunk.hold ?? null,
	];
}
