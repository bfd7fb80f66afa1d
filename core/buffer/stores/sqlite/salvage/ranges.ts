import type { BatchRecord } from '../batches';
import type { Part } from '../members';
import type { Chunk } from '../chunks';

/** Which rows of an export are where, by ranges of sequence numbers: chunks ascend and do not overlap. */

/** The pieces of a part that chunks hold. */
export function findPieces([seq, count, rowId]: Part, chunks: readonly Chunk[]): Part[] {
	const pieces: Part[] = [];
	for (let at = firstBehind(chunks, (chunk) => chunk.endSeq, seq); at < chunks.length; at++) {
		const chunk = chunks[at];
		if (chunk === undefined || chunk.seq >= seq + count) break;
		const from = Math.max(seq, chunk.seq);
		const n = Math.min(seq + count, chunk.endSeq) - from;
		const last = pieces.at(-1);
		if (last !== undefined && last[0] + last[1] === from) {
			pieces[pieces.length - 1] = [last[0], last[1] + n, last[2]];
		} else if (n > 0) pieces.push([from, n, rowId === 0 ? 0 : rowId + from - seq]);
	}
	return pieces;
}

/** Index of the first of ascending ranges that ends behind `seq`. */
function firstBehind<T>(ranges: readonly T[], endOf: (range: T) => number, seq: number): number {
	let [low, high] = [0, ranges.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		const range = ranges[middle];
		if (range !== undefined && endOf(range) > seq) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** Parts of all batches, ascending. */
export function sortClaims(batches: readonly Pick<BatchRecord, 'parts'>[]): Part[] {
	return batches.flatMap(({ parts }) => parts).sort((a, b) => a[0] - b[0]);
}

/** Whether a row of the part is in one of these. */
export function overlaps([seq, count]: Part, claims: readonly Part[]): boolean {
	const next = claims[firstBehind(claims, ([from, n]) => from + n, seq)];
	return next !== undefined && next[0] < seq + count;
}

export function inBatches(chunk: Chunk, claims: readonly Part[]): number {
	return chunk.count - countOf(unclaimed(chunk, chunk.endSeq, claims));
}

/** Rows of a chunk up to `endSeq` that are in no batch. */
export function unclaimed(chunk: Chunk, endSeq: number, claims: readonly Part[]): Part[] {
	const free: Part[] = [];
	let from = chunk.seq;
	for (let at = firstBehind(claims, ([seq, n]) => seq + n, chunk.seq); at < claims.length; at++) {
		const [seq, n] = claims[at] ?? [endSeq, 0];
		if (seq >= endSeq) break;
		if (seq > from) free.push([from, seq - from, 0]);
		from = Math.max(from, seq + n);
	}
	if (from < endSeq) free.push([from, endSeq - from, 0]);
	return free;
}

export function countOf(parts: readonly Part[]): number {
	return parts.reduce((sum, [, n]) => sum + n, 0);
}
