import type { Members, Part } from './members';
import { ChunkReader } from './chunk-reader';
import { arrivalOf } from './chunks';
import type { Engine, ExportRecord } from './engine';
import { readReceivedAt, readSequenceKey, readSizeBytes, rowAt } from '../row-codec';

/** One row of a batch, by its place. */
export interface Place {
	readonly seq: number;
	readonly rowId: number;
	readonly sizeBytes: number;
	readonly receivedAt: number;
	readonly arrivedAt: number;
	/** Its sequence key; undefined also where its chunk is damaged. */
	readonly sequenceKey: string | undefined;
}

/** What `positions` of a batch weigh; ascending, 0-based. */
export function measurePositions(
	engine: Engine,
	batch: { readonly parts: readonly Part[]; readonly export: ExportRecord },
	positions: readonly number[],
): Members {
	const members = newMembers();
	let next = 0;
	let position = 0;
	for (const place of walkRows(engine, batch.export, batch.parts)) {
		if (position === positions[next]) {
			addPlace(members, place);
			next++;
		}
		position++;
		if (next === positions.length) break;
	}
	return members;
}

/** What these parts weigh now. */
export function measureParts(engine: Engine, e: ExportRecord, parts: readonly Part[]): Members {
	const members = newMembers();
	for (const place of walkRows(engine, e, parts)) addPlace(members, place);
	return { ...members, parts };
}

/** The rows of parts, one after the other. */
export function* walkRows(
	engine: Engine,
	e: ExportRecord,
	parts: readonly Part[],
): Generator<Place> {
	const reader = new ChunkReader(engine, e);
	for (const [partSeq, partCount, partRowId] of parts) {
		for (const { chunk, found } of reader.walk(partSeq, partSeq + partCount)) {
			const first = Math.max(partSeq, chunk.seq);
			const end = Math.min(partSeq + partCount, chunk.endSeq);
			for (let seq = first; seq < end; seq++) {
				const row = found === undefined ? undefined : rowAt(found, seq - chunk.seq);
				const receivedAt = row === undefined ? chunk.at : readReceivedAt(row);
				yield {
					seq,
					rowId: partRowId === 0 ? 0 : partRowId + (seq - partSeq),
					// A damaged chunk is found and counted by the next read; until then its average has to do.
					sizeBytes: row === undefined ? Math.floor(chunk.bytes / chunk.count) : readSizeBytes(row),
					receivedAt,
					sequenceKey: row && readSequenceKey(row),
					arrivedAt: arrivalOf(engine, chunk, receivedAt),
				};
			}
		}
	}
}

export interface Adding extends Members {
	parts: Part[];
	count: number;
	sizeBytes: number;
	firstAt: number;
	lastAt: number;
	arrivedAt: number;
}

export function newMembers(): Adding {
	return { parts: [], count: 0, sizeBytes: 0, firstAt: 0, lastAt: 0, arrivedAt: 0 };
}

/** Adds a row behind the others. */
export function addPlace(
	members: Adding,
	{ seq, rowId, sizeBytes, receivedAt, arrivedAt }: Omit<Place, 'sequenceKey'>,
): void {
	const last = members.parts.at(-1);
	const isNext =
		last !== undefined &&
		last[0] + last[1] === seq &&
		(last[2] === 0 ? rowId === 0 : last[2] + last[1] === rowId);
	if (isNext) members.parts[members.parts.length - 1] = [last[0], last[1] + 1, last[2]];
	else members.parts.push([seq, 1, rowId]);
	if (members.count === 0) {
		members.firstAt = receivedAt;
		members.arrivedAt = arrivedAt;
	}
	members.count++;
	members.sizeBytes += sizeBytes;
	members.lastAt = receivedAt;
}
