import { readReceivedAt, rowAt } from '../row-codec';
import { arrivalOf, readChunk, walkChunks } from './chunks';
import { DamagedDatabase } from './damage';
import { type Engine, type ExportRecord, unread } from './engine';

/** Sets oldest_at from the first row that still waits and that no claim has come to. @throws DamagedDatabase when rows wait and none is found */
export function findOldest(engine: Engine, e: ExportRecord): void {
	setOldest(engine, e);
	if (e.oldestAt === undefined) requireNone(e);
}

/** The same in the middle of a claim, whose rows still count as waiting. */
export function setOldest(engine: Engine, e: ExportRecord): void {
	e.oldestAt = undefined;
	e.arrivedAt = undefined;
	for (const chunk of walkChunks(engine, e, e.claimSeq, e.nextSeq)) {
		const skipped = Math.max(0, e.claimSeq - chunk.seq);
		const found = skipped === 0 ? undefined : readChunk(engine, e, chunk);
		e.oldestAt = found === undefined ? chunk.at : readReceivedAt(rowAt(found, skipped));
		e.arrivedAt = arrivalOf(engine, chunk, e.oldestAt);
		return;
	}
}

/** I10: a row that waits and is not found would wait for ever, and nobody would know. An index may be damaged (S51). */
export function requireNone(e: ExportRecord): void {
	const { rows } = unread(e);
	if (rows === 0) return;
	throw new DamagedDatabase(`${rows} rows of export ${e.exportId} wait and are not found`);
}
