import type { StoredExport } from '../../../store';
import { fitsBatch } from '../../export-rules';
import { keptFailure } from '../../kept-failure';
import { readSizeBytes, rowAt } from '../../row-codec';
import { addBatch } from '../batches';
import type { Part } from '../members';
import { type Chunk, readChunk, walkChunks } from '../chunks';
import type { Engine, ExportRecord } from '../engine';
import { measureParts } from '../measure';

/** Rows whose batch is gone. */
export interface Regroup {
	readonly mappingRevision: number;
	readonly isDead: boolean;
	readonly parts: Part[];
}

export function addTo(groups: Regroup[], chunk: Chunk, parts: readonly Part[]): void {
	const { mappingRevision } = chunk;
	// Rows that were put aside at once lie below 0 (append.ts).
	const isDead = chunk.seq < 0;
	const last = groups.at(-1);
	const isSame = last?.mappingRevision === mappingRevision && last.isDead === isDead && !isDead;
	if (isSame) last.parts.push(...parts);
	else if (parts.length > 0) groups.push({ mappingRevision, isDead, parts: [...parts] });
}

/** New batches of these rows, none larger than the export's limits allow (I12). */
export function addBatches(engine: Engine, e: ExportRecord, groups: readonly Regroup[]): void {
	const failure = keptFailure(engine.time.nowAt, {
		code: 'ERR_STORE_CORRUPT',
		message: 'the record of their batch was damaged',
	});
	for (const { parts, mappingRevision, isDead } of groups) {
		const fields = { mappingRevision, reason: 'salvaged', attempts: 0, nextAt: 0, failure };
		for (const cut of cutParts(engine, e, parts)) {
			const members = measureParts(engine, e, cut);
			addBatch(engine, e, members, { ...fields, state: isDead ? 'dead' : 'open' });
			if (isDead) e.tally.buriedTotal -= members.count;
		}
	}
}

/** As takeWaiting cuts rows that wait: a row that alone is larger than the limit is a batch of its own. */
function* cutParts(engine: Engine, e: ExportRecord, parts: readonly Part[]): Generator<Part[]> {
	// The record of an export has no checksum: a damaged one may be without limits.
	const { conditions }: Partial<StoredExport> = e.config;
	const { count = Number.POSITIVE_INFINITY, sizeBytes = Number.POSITIVE_INFINITY } =
		conditions ?? {};
	let cut: Part[] = [];
	let rows = 0;
	let bytes = 0;
	for (const row of walkSizes(engine, e, parts)) {
		if (rows > 0 && !fitsBatch({ count, sizeBytes }, rows + 1, bytes + row.sizeBytes)) {
			yield cut;
			cut = [];
			rows = 0;
			bytes = 0;
		}
		const last = cut.at(-1);
		if (last !== undefined && last[0] + last[1] === row.seq) {
			cut[cut.length - 1] = [last[0], last[1] + 1, 0];
		} else cut.push([row.seq, 1, 0]);
		rows++;
		bytes += row.sizeBytes;
	}
	if (rows > 0) yield cut;
}

function* walkSizes(engine: Engine, e: ExportRecord, parts: readonly Part[]) {
	for (const [partSeq, partCount] of parts) {
		for (const chunk of walkChunks(engine, e, partSeq, partSeq + partCount)) {
			const found = readChunk(engine, e, chunk);
			// A damaged chunk is found by the next read; until then its average has to do (measure.ts).
			const average = Math.floor(chunk.bytes / chunk.count);
			const end = Math.min(partSeq + partCount, chunk.endSeq);
			for (let seq = Math.max(partSeq, chunk.seq); seq < end; seq++) {
				const sizeBytes =
					found === undefined ? average : readSizeBytes(rowAt(found, seq - chunk.seq));
				yield { seq, sizeBytes };
			}
		}
	}
}
