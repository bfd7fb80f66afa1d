import { CONDITIONS } from '../../../../pure/bounds';
import type { RowPlaces } from '../../row-codec';
import { type Chunk, isSoundHeader, readChunk, toChunk } from '../chunks';
import { toNumber } from '../connection';
import type { Engine, ExportRecord } from '../engine';

const PAGE = 256;
/** No batch has more rows, and so no chunk. */
const MAX_ROWS = CONDITIONS.count.max;

/** A header may hold an integer that no number can be, which node:sqlite refuses to read: -1 is as impossible and can be told. */
const safe = (column: string) =>
	`CASE WHEN typeof(${column}) <> 'integer' OR ${column} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}
		THEN ${column} ELSE -1 END AS ${column}`;
const SELECT_HEADERS = `
	SELECT seq, ${safe('n')}, ${safe('bytes')}, at, last_at, arrived_at, ${safe('revision')}, ${safe('crc')},
		${safe('left_rows')}
	FROM chunk WHERE export = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ${PAGE}`;
const SELECT_FIRST = `
	SELECT max(seq) AS seq FROM chunk WHERE export = ? AND seq BETWEEN ${Number.MIN_SAFE_INTEGER} AND ?`;

export interface Header {
	readonly chunk: Chunk;
	/** Behind its last row, as far as can be told: where the next chunk begins, at the latest. */
	readonly endSeq: number;
}

/**
 * Headers by place, from the chunk that may hold `seq` up to `endSeq`. The store's own walk (chunks.ts) goes by row counts; this
 * one trusts none, so that a damaged one neither hides other chunks nor brings them twice.
 */
export function* walkHeaders(
	engine: Engine,
	e: ExportRecord,
	seq: number,
	endSeq: number,
): Generator<Header> {
	let before: Chunk | undefined;
	for (const chunk of pagesOf(engine, e, seq, endSeq)) {
		if (before !== undefined) yield { chunk: before, endSeq: endOf(before, chunk.seq) };
		before = chunk;
	}
	if (before !== undefined) yield { chunk: before, endSeq: endOf(before, endSeq) };
}

/** The rows of a chunk; undefined when it, or what it says of them, is damaged (S50). */
export function readTrusted(engine: Engine, e: ExportRecord, chunk: Chunk): RowPlaces | undefined {
	const isTrusted = isPossibleCount(chunk.count) && isSoundHeader(e, chunk);
	return isTrusted ? readChunk(engine, e, chunk) : undefined;
}

/** Asked before the header is checked: by what a damaged one says, nobody walks. */
export function isPossibleCount(count: number): boolean {
	return Number.isSafeInteger(count) && count >= 1 && count <= MAX_ROWS;
}

function* pagesOf(engine: Engine, e: ExportRecord, seq: number, endSeq: number): Generator<Chunk> {
	const { connection } = engine;
	const first = connection.get(SELECT_FIRST, e.number, seq)?.seq;
	for (let from = typeof first === 'number' ? first : seq; ;) {
		const page = connection.all(SELECT_HEADERS, e.number, from, endSeq);
		for (const row of page) yield toChunk(row);
		if (page.length < PAGE) return;
		from = toNumber(page.at(-1)?.seq) + 1;
	}
}

function endOf(chunk: Chunk, nextSeq: number): number {
	return Math.min(nextSeq, chunk.seq + (isPossibleCount(chunk.count) ? chunk.count : MAX_ROWS));
}
