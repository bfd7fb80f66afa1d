import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
	type BatchSummary,
	type ExportSummary,
	SHOWN_BATCHES,
	type StoreSummary,
} from '../../../inspect/store-inspector';
import { batchKey } from '../../batch-key';
import { showFailure } from '../../kept-failure';
import { NO_ATTEMPTS, toCounters } from '../../tally';
import { type BatchRecord, toBatch } from '../batches';
import { attemptsOf } from '../claim';
import { type Engine, type ExportRecord, liveExports } from '../engine';
import { toKnownExport } from '../exports';
import { oldestWaiting } from '../find-oldest';
import { readMeta } from '../open-database';
import { SELECT_FIRST_OF_STATE } from '../sql';
import { checkPages } from './find-unreadable';
import type { Untouched } from './open-untouched';
import { isUnreadable, toReason } from './read-failed';
import { readingEngine } from './reading-engine';
import { sumLatest } from './walk-latest';
import { sumDocuments } from './walk-documents';
import { compareWitness } from './verify-database';

/** Gives what `f` reads; what cannot be read becomes a problem. */
type Guard = <T>(what: string, f: () => T) => T | undefined;

/** A quick look at a store, to its end also where parts of it cannot be read. */
export function summarizeStore(untouched: Untouched, nowAt: number): StoreSummary {
	const { connection, directory, format } = untouched;
	const { meta } = readMeta(connection);
	const problems: string[] = [];
	const guard: Guard = (what, f) => {
		try {
			return f();
		} catch (error) {
			if (!isUnreadable(error)) throw error;
			problems.push(`${what} cannot be read: ${toReason(error)}`);
			return undefined;
		}
	};
	guard('the database', () => problems.push(...checkPages(connection, 'quick_check', 10)));
	const witness = { findings: [], notes: [] };
	compareWitness({ meta }, directory, witness);
	problems.push(...witness.findings.map(({ message }) => message));
	const engine = guard('the list of exports', () => readingEngine(untouched, nowAt));
	const exports = engine === undefined ? [] : liveExports(engine);
	return {
		kind: 'sqlite',
		storeId: meta.storeId,
		format,
		createdAt: meta.createdAt,
		diskBytes: sizeOf(directory),
		missingRows: meta.missingRows,
		quarantinedRows: meta.quarantinedRows,
		exports: engine === undefined ? [] : exports.map((e) => summarize(engine, e, guard)),
		latest: guard('the list of latest events', () => sumLatest(connection)) ?? [],
		documents: guard('the list of documents', () => sumDocuments(connection)) ?? [],
		problems,
		notes: witness.notes,
	};
}

function sizeOf(directory: string): number {
	return ['store.db', 'store.db-wal', 'store.wit']
		.map((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0)
		.reduce((sum, size) => sum + size, 0);
}

function summarize(engine: Engine, e: ExportRecord, guard: Guard): ExportSummary {
	const { label, mappingRevision, isDraining } = toKnownExport(e);
	const first = (state: 'open' | 'dead', what: string) =>
		guard(`${what} of export ${e.exportId}`, () =>
			engine.connection
				.all(SELECT_FIRST_OF_STATE, e.number, state, SHOWN_BATCHES)
				.map((row) => showBatch(engine, toBatch(engine, row))),
		);
	const batches = first('open', 'open batches');
	const { openBatches, openRows } = e.tally;
	// Without an owner nobody delivers: all of the open ones wait.
	const all = { ...NO_ATTEMPTS, retryingBatches: openBatches, retryingRows: openRows };
	const retrying = guard(`the next attempt of export ${e.exportId}`, () => attemptsOf(engine, e));
	return {
		...toCounters(e.exportId, e.state, oldestWaiting(e).receivedAt, e.tally, retrying ?? all),
		label,
		mappingRevision,
		isDraining,
		...(batches === undefined ? {} : { batches }),
		deadLetters: first('dead', 'dead letters') ?? [],
	};
}

function showBatch({ time, meta }: Engine, batch: BatchRecord): BatchSummary {
	const { number, count, sizeBytes, firstAt, attempts, failure, salt } = batch;
	const toWall = (at: number) => time.toWall(at);
	return {
		batchId: String(number),
		idempotencyKey: batchKey(meta.storeId, batch.export.exportId, number, salt),
		rows: count,
		bytes: sizeBytes,
		firstAt,
		attempts,
		...(batch.state === 'open'
			? { nextAt: toWall(batch.nextAt) }
			: { deadAt: toWall(batch.deadAt) }),
		...(failure === undefined ? {} : { error: showFailure(failure, toWall) }),
	};
}
