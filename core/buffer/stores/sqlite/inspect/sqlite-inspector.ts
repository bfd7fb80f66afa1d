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
import { type BatchRecord, batchNumbersOf, findBatch, type Part, toBatch } from '../batches';
import { toText } from '../connection';
import { type Engine, type ExportRecord, liveExports } from '../engine';
import { toKnownExport } from '../exports';
import { showCounters } from '../operations';
import { SELECT_FIRST_OF_STATE } from '../sql';
import { openUntouched, type Untouched } from './open-untouched';
import { readingEngine } from './reading-engine';
import { compareWitness, verifyDatabase } from './verify-database';
import { walkParts } from './walk-parts';

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
					const { claimSeq, nextSeq } = e;
					yield* readParts(engine, e, [[claimSeq, nextSeq - claimSeq, 0]], state, onDamage);
					continue;
				}
				for (const number of batchNumbersOf(engine, e, state)) {
					const batch = findBatch(engine, number);
					if (batch === undefined) continue;
					yield* readParts(engine, e, batch.parts, state, onDamage, String(number));
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

function* readParts(
	engine: Engine,
	e: ExportRecord,
	parts: readonly Part[],
	state: RowState,
	onDamage: (finding: Finding) => void,
	batchId?: string,
): Generator<InspectedRow[]> {
	for (const { chunk, rows } of walkParts(engine, e, parts)) {
		if (rows === undefined) {
			const message = `${chunk.count} rows are damaged (sequence ${chunk.seq} to ${chunk.endSeq - 1})`;
			onDamage({ rule: 'S50', exportId: e.exportId, message });
			continue;
		}
		yield rows.map((row) => ({ state, row, ...(batchId === undefined ? {} : { batchId }) }));
	}
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
