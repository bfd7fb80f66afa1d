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
	e.firstRevision = undefined;
	for (const chunk of walkChunks(engine, e, e.claimSeq, e.nextSeq)) {
		const skipped = Math.max(0, e.claimSeq - chunk.seq);
		const found = skipped === 0 ? undefined : readChunk(engine, e, chunk);
		e.oldestAt = found === undefined ? chunk.at : readReceivedAt(rowAt(found, skipped));
		e.arrivedAt = arrivalOf(engine, chunk, e.oldestAt);
		e.firstRevision = chunk.mappingRevision;
		return;
	}
}

/** The row that has waited longest, held or not: what came live and is held may be younger than what no claim has come to. */
export function oldestWaiting({ keys, oldestAt, arrivedAt }: ExportRecord): {
	readonly receivedAt: number | undefined;
	readonly arrivedAt: number | undefined;
} {
	const held = keys.oldest;
	// Numbers below 0 are of rows that came live, or were put aside; all others that are held came before.
	const isFirst = held && (held.seq >= 0 || arrivedAt === undefined || held.arrivedAt <= arrivedAt);
	if (isFirst) return held;
	return { receivedAt: oldestAt, arrivedAt };
}

/** The mapping revision of that row. @throws DamagedDatabase where there is none */
export function firstRevision(engine: Engine, e: ExportRecord): number {
	if (e.firstRevision === undefined) {
		const [first] = walkChunks(engine, e, e.claimSeq, e.nextSeq);
		if (first === undefined) throw notFound(e);
		e.firstRevision = first.mappingRevision;
	}
	return e.firstRevision;
}

/** I10: a row that waits and is not found would wait for ever, and nobody would know. An index may be damaged (S51). */
export function requireNone(e: ExportRecord): void {
	if (unread(e).rows > 0) throw notFound(e);
}

function notFound(e: ExportRecord): DamagedDatabase {
	return new DamagedDatabase(
		`${unread(e).rows} rows of export ${e.exportId} wait and are not found`,
	);
}
