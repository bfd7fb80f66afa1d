import { randomUUID } from 'node:crypto';
import { type Connection, toNumber } from '../connection';
import type { WitnessRecord } from '../witness';
import { FORMAT } from '../schema';
import type { DamagedTables, TableName } from './damaged-tables';
import { copyDocuments, type FoundDocuments } from './copy-documents';
import { mendChunk } from './mend-chunk';
import type { Value } from './read-records';

/** How much is known of an export. */
export type KnownPart = 'whole' | 'without numbers' | 'nothing';

export interface Copied {
	readonly exports: ReadonlyMap<number, KnownPart>;
	/** Whether anything of a store was found at all. */
	readonly isAny: boolean;
	readonly documents: FoundDocuments;
}

const LAST_BEFORE = `
	SELECT seq + n AS end_seq FROM chunk WHERE export = ? AND seq < ? ORDER BY seq DESC LIMIT 1`;

/** Copies what can be read into new tables, record by record; repairs nothing but what a record alone can tell. */
export function copyTables(
	from: DamagedTables,
	to: Connection,
	o: { witness: WitnessRecord | undefined; nowAt: number },
): Copied {
	const copy = (table: TableName, row: readonly Value[]) =>
		to.run(`INSERT OR IGNORE INTO ${table} VALUES (${row.map(() => '?').join(', ')})`, ...row);
	copyChunks(from, to, copy);
	for (const table of [
		'batch',
		'answer',
		'held',
		'revision',
		'dedupe',
		'latest',
		'latest_dropped',
	] as const) {
		for (const row of from.read(table)) if (table !== 'batch' || areParts(row[3])) copy(table, row);
	}
	const exports = copyExports(from, to, copy);
	const documents = copyDocuments(from, to);
	const [meta] = from.read('meta');
	copy('meta', completeMeta(to, meta, o));
	const isAny = meta !== undefined || exports.size > 0 || documents.saved > 0;
	return { exports, isAny, documents };
}

/** Those whose checksum fits first, so that no damaged one takes the place of one that is whole. */
function copyChunks(
	from: DamagedTables,
	to: Connection,
	copy: (t: 'chunk', row: Value[]) => number,
) {
	for (const wanted of [true, false]) {
		for (const found of from.read('chunk')) {
			const chunk = mendChunk(found);
			if (chunk?.isSound !== wanted) continue;
			const [number = 0, seq = 0, count = 0] = chunk.row.map(Number);
			const before = to.get(LAST_BEFORE, number, seq + count);
			if (before === undefined || toNumber(before.end_seq) <= seq) copy('chunk', chunk.row);
		}
	}
}

function areParts(value: Value | undefined): boolean {
	const parts: unknown = typeof value === 'string' ? JSON.parse(value) : undefined;
	return (
		Array.isArray(parts) &&
		parts.every(
			(part) => Array.isArray(part) && part.length === 3 && part.every(Number.isSafeInteger),
		)
	);
}

/** From `export`, else from `spare`; else a paused one stands in, so that its rows can be seen and taken out. */
function copyExports(
	from: DamagedTables,
	to: Connection,
	copy: (t: 'export' | 'spare', row: Value[]) => number,
): Map<number, KnownPart> {
	const known = new Map<number, KnownPart>();
	for (const row of from.read('export')) {
		if (copy('export', row) === 1) known.set(Number(row[0]), 'whole');
	}
	const unknownNumbers = [0, 1, 1, 1, null, null, '{}'];
	for (const row of from.read('spare')) {
		const id = Number(row[0]);
		if (known.has(id)) continue;
		if (copy('export', [...row, ...unknownNumbers.slice(1)]) === 1)
			known.set(id, 'without numbers');
	}
	const used = to.all('SELECT export AS id FROM chunk UNION SELECT export FROM batch');
	for (const id of used.map((row) => toNumber(row.id))) {
		if (known.has(id)) continue;
		const config = JSON.stringify(standIn(id));
		copy('export', [
			id,
			`salvaged/${id}`,
			config,
			'PAUSED',
			0,
			0,
			'',
			1,
			...unknownNumbers.slice(1),
		]);
		known.set(id, 'nothing');
	}
	to.exec(
		`INSERT INTO spare SELECT id, name, config, state, is_draining, is_removed, fingerprint, revision FROM export`,
	);
	return known;
}

function standIn(id: number) {
	return {
		id: String(id),
		receiverId: 'salvaged',
		label: `Salvaged ${id}`,
		output: 'event',
		conditions: { count: 1_000, sizeBytes: 5_000_000, timeMs: 300_000 },
		retry: { delaysMs: [], jitter: 0 },
		order: 'any',
		maxInFlight: 1,
		onMappingError: 'reject',
		state: 'PAUSED',
		origin: 'host',
	};
}

/** Where the record of the store itself is gone, the witness says nearly the same. */
function completeMeta(
	to: Connection,
	meta: Value[] | undefined,
	{ witness, nowAt }: { witness: WitnessRecord | undefined; nowAt: number },
): Value[] {
	const highest = to.get(
		`SELECT max((SELECT coalesce(max(id), 0) FROM batch), (SELECT coalesce(-min(seq), 0) FROM chunk)) AS id`,
	);
	const nextBatch = toNumber(highest?.id) + 1;
	const stored = toNumber(to.get('SELECT coalesce(sum(n), 0) AS n FROM chunk')?.n);
	const known = meta ?? [
		1,
		witness?.storeId ?? randomUUID(),
		nowAt,
		FORMAT,
		witness?.commitNumber ?? 1,
		witness?.appendedRows ?? stored,
		witness?.nextBatch ?? nextBatch,
		nowAt,
		0,
		0,
		0,
		0,
	];
	known[3] = FORMAT;
	known[6] = Math.max(Number(known[6]), nextBatch);
	const newest = toNumber(to.get('SELECT max(revision) AS revision FROM document')?.revision);
	known[11] = Math.max(Number(known[11]), newest);
	return known;
}
