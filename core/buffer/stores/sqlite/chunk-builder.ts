import { crc32 } from 'node:zlib';
import type { Engine, ExportRecord } from './engine';
import { readReceivedAt } from '../row-codec';
import { INSERT_CHUNK } from './sql';

/** A chunk is also what one read brings into memory, and what a cut inside it has to walk. */
const MAX_CHUNK_BYTES = 1024 ** 2;

/** Rows of one export and mapping revision on their way into one chunk. */
export interface ChunkBuilder {
	readonly mappingRevision: number;
	readonly at: number;
	readonly arrivedAt: number;
	lastAt: number;
	readonly rows: Buffer[];
	bodyBytes: number;
	/** Sum of the rows' sizeBytes. */
	bytes: number;
}

/**
 * Adds a waiting row to the running group. The chunk is cut where the next batch will begin, by count, bytes or mapping
 * revision, so that batches are made of whole chunks (S23).
 */
export function addRow(
	engine: Engine,
	e: ExportRecord,
	row: { encoded: Buffer; mappingRevision: number; sizeBytes: number },
): void {
	const { encoded, mappingRevision, sizeBytes } = row;
	const receivedAt = readReceivedAt(encoded);
	let builder = engine.builders.get(e);
	const isCut = startsNewBatch(e, sizeBytes);
	if (isCut) e.sinceCut = { rows: 0, bytes: 0 };
	if (builder !== undefined && (isCut || !fits(builder, row))) {
		flushBuilder(engine, e);
		builder = undefined;
	}
	if (builder === undefined) {
		const arrivedAt = engine.time.arrivedAt(receivedAt);
		builder = {
			mappingRevision,
			at: receivedAt,
			arrivedAt,
			lastAt: receivedAt,
			rows: [],
			bodyBytes: 0,
			bytes: 0,
		};
		engine.builders.set(e, builder);
	}
	builder.rows.push(encoded);
	builder.bodyBytes += encoded.byteLength;
	builder.bytes += sizeBytes;
	builder.lastAt = receivedAt;
	countRow(engine, e, builder, sizeBytes);
}

/** Brings all rows of the running group into chunks: before anything looks for them, and at its end. */
export function flushBuilders(engine: Engine): void {
	for (const e of [...engine.builders.keys()]) flushBuilder(engine, e);
}

function flushBuilder(engine: Engine, e: ExportRecord): void {
	const builder = engine.builders.get(e);
	if (builder === undefined) return;
	engine.builders.delete(e);
	const body = Buffer.concat(builder.rows, builder.bodyBytes);
	const count = builder.rows.length;
	engine.connection.run(
		INSERT_CHUNK,
		e.number,
		e.nextSeq,
		count,
		builder.bytes,
		builder.at,
		builder.lastAt,
		builder.arrivedAt,
		builder.mappingRevision,
		crc32(body),
		count,
		body,
	);
	e.nextSeq += count;
	engine.changed.add(e);
}

function countRow(engine: Engine, e: ExportRecord, builder: ChunkBuilder, sizeBytes: number) {
	if (e.tally.rows === 0) {
		e.oldestAt = builder.lastAt;
		e.arrivedAt = engine.time.arrivedAt(builder.lastAt);
	}
	e.tally.rows++;
	e.tally.bytes += sizeBytes;
	e.tally.acceptedTotal++;
	e.sinceCut.rows++;
	e.sinceCut.bytes += sizeBytes;
	engine.meta.appendedRows++;
	engine.changed.add(e);
}

function startsNewBatch(e: ExportRecord, sizeBytes: number): boolean {
	const { count, sizeBytes: limitBytes } = e.config.conditions;
	const { rows, bytes } = e.sinceCut;
	return rows > 0 && (rows >= count || bytes + sizeBytes > limitBytes);
}

function fits(builder: ChunkBuilder, row: { encoded: Buffer; mappingRevision: number }): boolean {
	return (
		builder.mappingRevision === row.mappingRevision &&
		builder.bodyBytes + row.encoded.byteLength <= MAX_CHUNK_BYTES
	);
}
