import { fitsBatch } from '../export-rules';
import type { Members, Part } from './members';
import { arrivalOf, type Chunk, readChunk, walkChunks } from './chunks';
import type { Engine, ExportRecord } from './engine';
import { findOldest, requireNone } from './find-oldest';
import { quarantineChunk } from './quarantine';
import { readReceivedAt, readSizeBytes, rowAt } from '../row-codec';

export interface TakeLimits {
	readonly count: number;
	readonly sizeBytes: number;
	/** Only chunks that arrived until then. */
	readonly arrivedUntil?: number;
}

export interface Taken extends Members {
	readonly mappingRevision: number;
	/** Names of their keys, where they were read. */
	readonly keys?: readonly string[];
}

interface Taking {
	readonly parts: Part[];
	mappingRevision: number;
	count: number;
	sizeBytes: number;
	firstAt: number;
	lastAt: number;
	arrivedAt: number;
}

/**
 * Takes the oldest waiting rows, within the limits (I12) and of one mapping revision: at least one row, however large.
 * Lowers the counters and moves claim_seq; the caller puts the rows into a batch or releases them. Whole chunks are taken by
 * their headers; a body is read only where a limit falls inside a chunk.
 */
export function takeWaiting(
	engine: Engine,
	e: ExportRecord,
	limits: TakeLimits,
): Taken | undefined {
	let taking: Taking | undefined;
	for (const chunk of walkChunks(engine, e, e.claimSeq, e.nextSeq)) {
		if (limits.arrivedUntil !== undefined && chunk.arrivedAt > limits.arrivedUntil) break;
		if (taking !== undefined && chunk.mappingRevision !== taking.mappingRevision) break;
		const isWhole = chunk.seq >= e.claimSeq;
		if (isWhole && fitsWhole(chunk, taking, limits)) {
			taking = takeWhole(e, chunk, taking);
			if (taking.count >= limits.count) break;
			continue;
		}
		// Its body need not be read.
		if (taking !== undefined && !fitsBatch(limits, taking.count + 1, taking.sizeBytes)) break;
		const taken = takeSome(engine, e, chunk, taking, limits);
		if (taken === 'damaged') continue;
		taking = taken.taking;
		if (!taken.isAll) break;
	}
	if (taking === undefined) {
		if (limits.arrivedUntil === undefined) requireNone(e);
		return undefined;
	}
	e.tally.rows -= taking.count;
	e.tally.bytes -= taking.sizeBytes;
	if (e.tally.rows === 0) e.sinceCut = { rows: 0, bytes: 0 };
	findOldest(engine, e);
	engine.changed.add(e);
	return taking;
}

function fitsWhole(chunk: Chunk, taking: Taking | undefined, limits: TakeLimits): boolean {
	const count = (taking?.count ?? 0) + chunk.count;
	const sizeBytes = (taking?.sizeBytes ?? 0) + chunk.bytes;
	return fitsBatch(limits, count, sizeBytes);
}

function takeWhole(e: ExportRecord, chunk: Chunk, before: Taking | undefined): Taking {
	const taking = before ?? newTaking(chunk, chunk.at, chunk.arrivedAt);
	addPart(taking, chunk.seq, chunk.count);
	taking.sizeBytes += chunk.bytes;
	taking.lastAt = chunk.lastAt;
	e.claimSeq = chunk.endSeq;
	return taking;
}

/** Row by row, until a limit is reached. */
function takeSome(
	engine: Engine,
	e: ExportRecord,
	chunk: Chunk,
	before: Taking | undefined,
	limits: TakeLimits,
): { taking: Taking | undefined; isAll: boolean } | 'damaged' {
	const found = readChunk(engine, e, chunk);
	if (found === undefined) {
		quarantineChunk(engine, e, chunk);
		return 'damaged';
	}
	let taking = before;
	for (let seq = Math.max(e.claimSeq, chunk.seq); seq < chunk.endSeq; seq++) {
		const row = rowAt(found, seq - chunk.seq);
		const receivedAt = readReceivedAt(row);
		const sizeBytes = (taking?.sizeBytes ?? 0) + readSizeBytes(row);
		if (!fitsBatch(limits, (taking?.count ?? 0) + 1, sizeBytes)) return { taking, isAll: false };
		taking ??= newTaking(chunk, receivedAt, arrivalOf(engine, chunk, receivedAt));
		addPart(taking, seq, 1);
		taking.sizeBytes = sizeBytes;
		taking.lastAt = receivedAt;
		e.claimSeq = seq + 1;
	}
	return { taking, isAll: true };
}

function newTaking(chunk: Chunk, firstAt: number, arrivedAt: number): Taking {
	const { mappingRevision } = chunk;
	return {
		parts: [],
		mappingRevision,
		count: 0,
		sizeBytes: 0,
		firstAt,
		lastAt: firstAt,
		arrivedAt,
	};
}

/** Rows behind one another share a part; a gap stands where a damaged chunk was. */
function addPart(taking: Taking, seq: number, count: number): void {
	const last = taking.parts.at(-1);
	if (last !== undefined && last[0] + last[1] === seq) {
		taking.parts[taking.parts.length - 1] = [last[0], last[1] + count, 0];
	} else {
		taking.parts.push([seq, count, 0]);
	}
	taking.count += count;
}
