import { statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../../runtime/clock';
import {
	type BatchSummary,
	type ExportSummary,
	type Finding,
	type InspectedRow,
	type RowState,
	SHOWN_BATCHES,
	type StoreInspector,
	type StoreSummary,
	type VerifyReport,
} from '../../../inspect/store-inspector';
import { type BatchRecord, batchNumbersOf, findBatch, toBatch } from '../batches';
import { toText } from '../connection';
import { type Engine, type ExportRecord, liveExports } from '../engine';
import { toKnownExport } from '../exports';
import { showCounters } from '../operations';
import { SELECT_FIRST_OF_STATE } from '../sql';
import { openUntouched, type Untouched } from './open-untouched';
import { readingEngine } from './reading-engine';
import { compareWitness, verifyDatabase } from './verify-database';
import { type ReadPart, walkParts } from './walk-parts';

/** A sqlite store that nobody owns, seen from outside (S54). */
export class SqliteInspector implements StoreInspector {
	readonly #untouched: Untouched;
	#isClosed = false;

	private constructor(untouched: Untouched) {
		this.#untouched = untouched;
	}

	/** @throws as `openInspector` */
	static open(directory: string): SqliteInspector {
		return new SqliteInspector(openUntouched(directory));
	}

	async summary(): Promise<StoreSummary> {
		const { connection, directory, format } = this.#untouched;
		const engine = this.#engine();
		const { storeId, createdAt, missingRows, quarantinedRows } = engine.meta;
		const witness = { findings: [] as Finding[], notes: [] as string[] };
		compareWitness(engine, directory, witness);
		const quick = connection.all('PRAGMA quick_check(10)').map((row) => toText(row.quick_check));
		const sizes = ['store.db', 'store.db-wal', 'store.wit'].map(
			(name) => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
		);
		return {
			kind: 'sqlite',
			storeId,
			format,
			createdAt,
			diskBytes: sizes.reduce((sum, size) => sum + size, 0),
			missingRows,
			quarantinedRows,
			problems: [
				...quick.filter((text) => text !== 'ok'),
				...witness.findings.map(({ message }) => message),
				...witness.notes,
			],
			exports: liveExports(engine).map((e) => summarize(engine, e)),
		};
	}

	async verify(): Promise<VerifyReport> {
		return verifyDatabase(this.#untouched, systemClock.now());
	}

	async *rows(
		states: readonly RowState[],
		onDamage: (finding: Finding) => void,
	): AsyncGenerator<InspectedRow[]> {
		const engine = this.#engine();
		for (const e of engine.exportsById.values()) {
			for (const state of states) {
				if (state === 'waiting') {
					yield* readWaiting(engine, e, onDamage);
					continue;
				}
				for (const number of batchNumbersOf(engine, e, state)) {
					const batch = findBatch(engine, number);
					if (batch !== undefined) yield* readBatch(engine, batch, onDamage);
				}
			}
		}
	}

	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#untouched.close();
	}

	#engine(): Engine {
		return readingEngine(this.#untouched, systemClock.now());
	}
}

function* readBatch(
	engine: Engine,
	batch: BatchRecord,
	onDamage: (finding: Finding) => void,
): Generator<InspectedRow[]> {
	const { export: e, state } = batch;
	const batchId = String(batch.number);
	for (const part of walkParts(engine, e, batch.parts)) {
		if (typeof part.rows === 'string') onDamage(leftOut(e, part, part.rows));
		else yield part.rows.map((row) => ({ state, row, batchId }));
	}
}

/** Sequence numbers of rows that are gone, and were counted then, leave gaps here: what waits is known by its count alone. */
function* readWaiting(
	engine: Engine,
	e: ExportRecord,
	onDamage: (finding: Finding) => void,
): Generator<InspectedRow[]> {
	const { exportId, claimSeq, nextSeq, tally } = e;
	let found = 0;
	for (const part of walkParts(engine, e, [[claimSeq, nextSeq - claimSeq, 0]])) {
		if (part.rows === 'missing') continue;
		found += part.endSeq - part.seq;
		if (part.rows === 'damaged') onDamage(leftOut(e, part, part.rows));
		else yield part.rows.map((row) => ({ state: 'waiting', row }));
	}
	if (found >= tally.rows) return;
	const message = `${tally.rows} rows wait, ${found} of them are found`;
	onDamage({ rule: 'I10', exportId, message });
}

function leftOut(
	{ exportId }: ExportRecord,
	{ seq, endSeq }: ReadPart,
	why: 'damaged' | 'missing',
): Finding {
	const message = `${endSeq - seq} rows are ${why} (sequence ${seq} to ${endSeq - 1})`;
	return { rule: why === 'damaged' ? 'S50' : 'I3', exportId, message };
}

function summarize(engine: Engine, e: ExportRecord): ExportSummary {
	const { label, mappingRevision, isDraining } = toKnownExport(e);
	const first = (state: 'open' | 'dead') =>
		engine.connection
			.all(SELECT_FIRST_OF_STATE, e.number, state, SHOWN_BATCHES)
			.map((row) => showBatch(engine, toBatch(engine, row)));
	return {
		...showCounters(e),
		label,
		mappingRevision,
		isDraining,
		batches: first('open'),
		deadLetters: first('dead'),
	};
}

function showBatch({ time }: Engine, batch: BatchRecord): BatchSummary {
	const { number, count, sizeBytes, firstAt, attempts, error } = batch;
	return {
		batchId: String(number),
		rows: count,
		bytes: sizeBytes,
		firstAt,
		attempts,
		...(batch.state === 'open'
			? { nextAt: time.toWall(batch.nextAt) }
			: { deadAt: time.toWall(batch.deadAt) }),
		...(error.code === '' ? {} : { error }),
	};
}
