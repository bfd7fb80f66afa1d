import { fitsBatch, isByKey } from '../export-rules';
import { sequenceName } from '../key-bytes';
import {
	readReceivedAt,
	readSequenceKey,
	readSizeBytes,
	type RowPlaces,
	rowAt,
} from '../row-codec';
import { arrivalOf, type Chunk, readChunk, walkChunks } from './chunks';
import type { Engine, ExportRecord } from './engine';
import { findOldest } from './find-oldest';
import { endHold, holdRow } from './key-rows';
import { type Adding, addPlace, newMembers } from './measure';
import { quarantineChunk } from './quarantine';
import type { Taken, TakeLimits } from './take-waiting';

interface Taking extends Adding {
	mappingRevision: number;
	readonly keySet: Set<string>;
}

type Limits = Pick<TakeLimits, 'count' | 'sizeBytes'>;

/**
 * Takes waiting rows where some are held, or are to be (I22): those that are ready, then the oldest that no claim has come to; of these a
 * row whose key is busy is held. Each row is looked at once. Within the limits (I12) and of one mapping revision.
 *
 * @param isMet whether rows that no claim has come to are taken, too
 */
export function takeInOrder(
	engine: Engine,
	e: ExportRecord,
	limits: Limits,
	isMet: boolean,
): Taken | undefined {
	const held = e.keys.takeReady(limits);
	endHold(engine, e, held);
	const taking: Taking = {
		...newMembers(),
		mappingRevision: held[0]?.mappingRevision ?? 0,
		keySet: new Set(held.map(({ key }) => key)),
	};
	for (const row of held.sort((a, b) => a.seq - b.seq)) addPlace(taking, row);
	if (isMet) takeUnread(engine, e, limits, taking);
	const { keySet, ...taken } = taking;
	return taken.count === 0 ? undefined : { ...taken, keys: [...keySet] };
}

function takeUnread(engine: Engine, e: ExportRecord, limits: Limits, taking: Taking): void {
	const before = { rows: taking.count, bytes: taking.sizeBytes };
	for (const chunk of walkChunks(engine, e, e.claimSeq, e.nextSeq)) {
		if (taking.count > 0 && chunk.mappingRevision !== taking.mappingRevision) break;
		const found = readChunk(engine, e, chunk);
		if (found === undefined) {
			quarantineChunk(engine, e, chunk);
			continue;
		}
		if (!takeOfChunk(engine, e, limits, taking, { chunk, found })) break;
	}
	e.tally.rows -= taking.count - before.rows;
	e.tally.bytes -= taking.sizeBytes - before.bytes;
	findOldest(engine, e);
	engine.changed.add(e);
}

/** @returns whether more may be taken */
function takeOfChunk(
	engine: Engine,
	e: ExportRecord,
	limits: Limits,
	taking: Taking,
	{ chunk, found }: { readonly chunk: Chunk; readonly found: RowPlaces },
): boolean {
	const { mappingRevision } = chunk;
	for (let seq = Math.max(e.claimSeq, chunk.seq); seq < chunk.endSeq; seq++) {
		if (taking.count >= limits.count) return false;
		if (taking.count > 0 && taking.mappingRevision !== mappingRevision) return false;
		const row = rowAt(found, seq - chunk.seq);
		const sizeBytes = readSizeBytes(row);
		const receivedAt = readReceivedAt(row);
		const arrivedAt = arrivalOf(engine, chunk, receivedAt);
		const place = { seq, rowId: 0, sizeBytes, receivedAt, arrivedAt };
		const key = isByKey(e) ? nameOf(row) : undefined;
		if (key !== undefined && e.keys.isBusy(key)) {
			holdRow(engine, e, { ...place, key, mappingRevision });
		} else {
			if (!fitsBatch(limits, taking.count + 1, taking.sizeBytes + sizeBytes)) return false;
			taking.mappingRevision = mappingRevision;
			addPlace(taking, place);
			if (key !== undefined) taking.keySet.add(key);
		}
		e.claimSeq = seq + 1;
	}
	return true;
}

function nameOf(row: Buffer): string | undefined {
	const key = readSequenceKey(row);
	return key === undefined ? undefined : sequenceName(key);
}
