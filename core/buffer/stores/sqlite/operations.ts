import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreStats } from '../../store';
import { warnOfDeadLetters } from '../quota';
import { toCounters } from '../tally';
import { claim, nextDue, attemptsOf } from './claim';
import { listDead, purge, replay, retryNow, sweepAll } from './dead-letters';
import { listKeys } from './dedupe';
import {
	getDocument,
	listCollections,
	listDocuments,
	putDocument,
	removeDocument,
} from './documents';
import { type Engine, type ExportRecord, liveExports } from './engine';
import { nextRowId, putExport, removeExport, setState, toKnownExport } from './exports';
import { defaultMinFreeBytes, measureDisk } from './free-space';
import type { OperationCall } from './protocol';
import { listLatest, removeLatest, timesOfLatest } from './latest';
import { oldestWaiting } from './find-oldest';
import { peek } from './read-slice';
import { readWaiting } from './read-waiting';
import { renew, settle } from './settle';

/** What the engine does not know of itself. */
export interface StoreFacts {
	readonly directory: string;
	readonly isDurable: boolean;
	readonly ephemeral: string | undefined;
	readonly warnings: () => readonly string[];
	/** Undefined: by the size of the disk. */
	readonly minFreeBytes: number | undefined;
}

/** Runs one call of the group; `readSlice`, `copyDatabase` and `close` have their own ways. */
export function runOperation(engine: Engine, call: OperationCall, facts: StoreFacts): unknown {
	switch (call.op) {
		case 'putExport':
			return putExport(engine, call.args);
		case 'getExport':
			return liveExports(engine)
				.filter((e) => e.exportId === call.args)
				.map(toKnownExport)[0];
		case 'listExports':
			return liveExports(engine).map(toKnownExport);
		case 'nextRowId':
			return nextRowId(engine, call.args);
		case 'knownKeys':
			return listKeys(engine, call.args);
		case 'listCollections':
			return listCollections(engine);
		case 'setState':
			return setState(engine, call.args);
		case 'removeExport':
			return removeExport(engine, call.args.exportId, call.args.how);
		case 'claim':
			return claim(engine, call.args);
		case 'renew':
			return renew(engine, call.args);
		case 'settle':
			return settle(engine, call.args.lease, call.args.outcome);
		case 'nextDue':
			return nextDue(engine, call.args);
		case 'counters':
			return liveExports(engine).map((e) => showCounters(engine, e));
		case 'latest':
			return listLatest(engine, call.args);
		case 'latestTimes':
			return timesOfLatest(engine, call.args);
		case 'forgetLatest':
			return removeLatest(engine, call.args);
		case 'peek':
			return peek(engine, call.args);
		case 'readWaiting':
			return readWaiting(engine, call.args);
		case 'deadLetters':
			return listDead(engine, call.args);
		case 'replay':
			return replay(engine, call.args);
		case 'retryNow':
			return retryNow(engine, call.args);
		case 'purge':
			return purge(engine, call.args);
		case 'sweep':
			return sweepAll(engine);
		case 'getDocument':
			return getDocument(engine, call.args);
		case 'listDocuments':
			return listDocuments(engine, call.args);
		case 'putDocument':
			return putDocument(engine, call.args);
		case 'removeDocument':
			return removeDocument(engine, call.args);
		case 'stats':
			return showStats(engine, facts);
		default:
			throw new Error(`${call.op} is no operation of a group`);
	}
}

export function showCounters(engine: Engine, e: ExportRecord) {
	return toCounters(
		e.exportId,
		e.state,
		oldestWaiting(e).receivedAt,
		e.tally,
		attemptsOf(engine, e),
	);
}

function showStats(engine: Engine, facts: StoreFacts): StoreStats {
	const { directory, isDurable, ephemeral, warnings } = facts;
	// stat, never open: closing a descriptor of the database would drop the process's locks (S14).
	const files = ['store.db', 'store.db-wal', 'store.wit'].map((name) => join(directory, name));
	const exports = liveExports(engine);
	const diskBytes = files
		.filter((path) => existsSync(path))
		.reduce((sum, path) => sum + statSync(path).size, 0);
	return {
		kind: 'sqlite',
		storeId: engine.meta.storeId,
		durable: isDurable,
		diskBytes,
		...freeOn(facts),
		exports: exports.length,
		engine: `SQLite ${process.versions.sqlite ?? 'unknown'}`,
		missingRows: engine.meta.missingRows,
		quarantinedRows: engine.meta.quarantinedRows,
		warnings: [...warnings(), ...warnOfDeadLetters(exports)],
		...(ephemeral === undefined ? {} : { ephemeral }),
	};
}

function freeOn({ directory, minFreeBytes }: StoreFacts): Partial<StoreStats> {
	try {
		const { freeBytes, totalBytes } = measureDisk(directory);
		return { freeBytes, minFreeBytes: minFreeBytes ?? defaultMinFreeBytes(totalBytes) };
	} catch {
		// The guard of appends tells it.
		return {};
	}
}
