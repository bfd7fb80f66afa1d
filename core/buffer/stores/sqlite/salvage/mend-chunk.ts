import { CONDITIONS } from '../../../../pure/bounds';
import { findAllRows, findRows, readReceivedAt, readSizeBytes, rowAt } from '../../row-codec';
import { brokenSealOf, type ChunkHeader, fitsBody, fitsHeader } from '../chunk-seal';
import type { Value } from './read-records';

/** A chunk never has more rows than this. */
const MAX_ROWS = CONDITIONS.count.max;

export interface MendedChunk {
	/** Columns as schema.ts has them. */
	readonly row: Value[];
	/** Whether its rows are as they were written; others are counted and put aside when they are read (S50). */
	readonly isSound: boolean;
}

/**
 * A chunk as it can be kept: with the header that its body tells where the header was damaged, and where that is not the one
 * that was written (the export, the revision or the place is another) as damaged rows, since nobody knows whose they are.
 */
export function mendChunk(row: readonly Value[]): MendedChunk | undefined {
	const body = row[10];
	if (!Buffer.isBuffer(body)) return undefined;
	const seal = Number(row[8]);
	const header = toHeader(row);
	const isWhole = fitsBody(seal, body);
	if (fitsHeader(seal, header)) {
		if (header.count < 1 || header.count > MAX_ROWS) return undefined;
		const isSound = isWhole && findRows(body, header.count) !== undefined;
		return { row: [...row], isSound };
	}
	const told = { ...header, ...(isWhole ? headerIn(body) : undefined) };
	if (isWhole && fitsHeader(seal, told)) return { row: withHeader(row, told, seal), isSound: true };
	const count = Math.min(Math.max(1, told.count), Math.max(1, findAllRows(body)?.count ?? 1));
	const kept = { ...told, count };
	return { row: withHeader(row, kept, brokenSealOf(kept, body)), isSound: false };
}

function toHeader(row: readonly Value[]): ChunkHeader {
	const [
		exportNumber = 0,
		seq = 0,
		count = 0,
		bytes = 0,
		at = 0,
		lastAt = 0,
		arrivedAt = 0,
		revision = 0,
	] = row.map(Number);
	return { exportNumber, seq, count, bytes, at, lastAt, arrivedAt, mappingRevision: revision };
}

function withHeader(row: readonly Value[], header: ChunkHeader, seal: number): Value[] {
	const { exportNumber, seq, count, bytes, at, lastAt, arrivedAt, mappingRevision } = header;
	const numbers = [exportNumber, seq, count, bytes, at, lastAt, arrivedAt, mappingRevision, seal];
	return [...numbers, ...row.slice(numbers.length)];
}

/** What the rows themselves say of it. */
function headerIn(
	body: Buffer,
): Pick<ChunkHeader, 'count' | 'bytes' | 'at' | 'lastAt'> | undefined {
	const found = findAllRows(body);
	if (found === undefined || found.count === 0) return undefined;
	const rows = Array.from({ length: found.count }, (_, index) => rowAt(found.places, index));
	const [first, last] = [rows[0], rows.at(-1)];
	if (first === undefined || last === undefined) return undefined;
	return {
		count: rows.length,
		bytes: rows.reduce((sum, row) => sum + readSizeBytes(row), 0),
		at: readReceivedAt(first),
		lastAt: readReceivedAt(last),
	};
}
