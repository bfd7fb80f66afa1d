import { statSync } from 'node:fs';
import { join } from 'node:path';
import { LatestOfGroup } from '../latest-codec';
import { StoreTime } from '../store-time';
import { SQLITE, sqliteCode } from './connection';
import { isDamage } from './damage';
import type { Engine, Meta } from './engine';
import { loadExports, saveChanged, saveMarks, saveMeta } from './engine';
import { loadRevisions } from './exports';
import { checkWitness } from './check-witness';
import { loadKeys } from './load-keys';
import { OpenFiles } from './open-files';
import type { Notices } from './notices';
import { openFailed } from './open-failed';
import { removeOwner, storeOwned, writeOwner } from './owner-file';
import { openDatabase } from './open-database';
import { hasOrphanedWal, sizeOf } from './orphaned-wal';
import { makePrivate } from './private-files';
import type { WorkerOptions } from './protocol';
import { withSalvageLock } from './salvage/salvage-lock';
import {
	finishSalvage,
	hasUnfinishedSalvage,
	keepLog,
	salvageStore,
	setLogAside,
} from './salvage/salvage-store';
import { syncDirectory } from './sync-directory';
import { systemCode } from '../../../runtime/system-reason';
import { Witness } from './witness';

/** An open store in its worker: the data, and what opens and closes with it. */
export interface OpenEngine {
	readonly engine: Engine;
	readonly files: OpenFiles;
	/** Commits the running transaction, then lets the witness know (S24). */
	commit(): void;
	readonly hasBegun: boolean;
	/** Closes what is open, in any state, and throws nothing. */
	discard(): void;
	/** Checkpoint, witness, close, owner.json (S18). */
	close(): void;
}

/**
 * Opens the store; one whose database is damaged is salvaged first (S51).
 *
 * @param before the engine of a connection that failed: time and leases go on (S25)
 * @param isDamaged it failed for damage, which an open alone need not see
 * @throws CoreError as `openDatabase`
 */
export function openEngine(
	options: WorkerOptions,
	notices: Pick<Notices, 'warn' | 'keep'>,
	before?: Engine,
	isDamaged = false,
): OpenEngine {
	try {
		return openOrSalvage(options, notices, before, isDamaged);
	} catch (error) {
		// Of the files beside the database: SQLite's own errors were told apart before.
		if (systemCode(error) === undefined) throw error;
		throw openFailed(options.directory, undefined, error);
	}
}

function openOrSalvage(
	options: WorkerOptions,
	notices: Pick<Notices, 'warn' | 'keep'>,
	before: Engine | undefined,
	isDamaged: boolean,
): OpenEngine {
	const { directory } = options;
	const nowAt = before?.time.nowAt ?? options.reading.wallAt;
	if (hasUnfinishedSalvage(directory)) salvage(directory, () => finishSalvage(directory));
	const damagedFile = fileNumber(directory);
	// SQLite would take the log of an empty or missing file for one of nobody, and remove it.
	if (!isDamaged && !hasOrphanedWal(directory)) {
		try {
			return open(options, notices, before);
		} catch (error) {
			if (!isDamage(error)) throw error;
		}
	}
	const report = salvage(directory, () =>
		// Another process may have been faster.
		fileNumber(directory) === damagedFile ? salvageAny(directory, nowAt) : undefined,
	);
	if (report !== undefined) notices.keep(report);
	return open(options, notices, before);
}

function salvageAny(directory: string, nowAt: number): string {
	try {
		return salvageStore(directory, nowAt);
	} catch (error) {
		if (!isDamage(error) || !hasOrphanedWal(directory)) throw error;
		return setLogAside(directory, nowAt);
	}
}

function salvage<T>(directory: string, f: () => T): T {
	try {
		return withSalvageLock(directory, f);
	} catch (error) {
		const code = sqliteCode(error);
		if (code === undefined) throw error;
		if (code === SQLITE.busy) throw storeOwned(join(directory, 'owner.json'), directory);
		throw openFailed(directory, code, error);
	}
}

function fileNumber(directory: string): number | undefined {
	return statSync(join(directory, 'store.db'), { throwIfNoEntry: false })?.ino;
}

function open(
	options: WorkerOptions,
	notices: Pick<Notices, 'warn' | 'keep'>,
	before: Engine | undefined,
): OpenEngine {
	const { directory, durability, reading } = options;
	const nowAt = before?.time.nowAt ?? reading.wallAt;
	const leak = before === undefined ? makePrivate(directory) : undefined;
	if (leak !== undefined) notices.warn(leak);
	const hadLog = sizeOf(join(directory, 'store.db-wal')) > 0;
	const opened = openDatabase(directory, { durability, nowAt });
	const { connection, meta } = opened;
	let witness: Witness | undefined;
	try {
		if (before === undefined)
			quietly(() => writeOwner(join(directory, 'owner.json'), reading.wallAt));
		const exports = loadExports(connection);
		const found = new Witness(join(directory, 'store.wit'));
		witness = found;
		const tellWitness = speaker(found, notices);
		let hasBegun = false;
		const engine: Engine = {
			connection,
			meta,
			time: before?.time ?? new StoreTime(reading, opened.past),
			exports: new Map(exports.map((e) => [e.exportId, e])),
			exportsById: new Map(exports.map((e) => [e.number, e])),
			exportsByReceiver: new Map(),
			leases: before?.leases ?? new Map(),
			builders: new Map(),
			latest: new LatestOfGroup(),
			changed: new Set(),
			quarantineDirectory: join(directory, 'quarantine'),
			warn: (message) => notices.warn(message),
			begin() {
				if (hasBegun) return;
				connection.exec('BEGIN IMMEDIATE');
				hasBegun = true;
			},
		};
		for (const e of exports) {
			loadRevisions(engine, e);
			loadKeys(engine, e);
		}

		const commit = () => {
			saveChanged(engine);
			meta.commitNumber++;
			saveMeta(engine);
			const marks = engine.time.takeMarks();
			try {
				saveMarks(connection, marks);
				connection.exec('COMMIT');
			} catch (error) {
				engine.time.giveBack(marks);
				throw error;
			}
			hasBegun = false;
			tellWitness(meta);
		};

		const warning = checkWitness(found.found, { meta, exports, isNew: opened.isNew, hadLog });
		if (warning !== undefined) {
			const kept = hadLog ? tryTo(() => keepLog(directory, nowAt)) : undefined;
			notices.keep(kept === undefined ? warning : `${warning}; the log as it was found is ${kept}`);
			engine.begin();
			for (const e of exports) engine.changed.add(e);
			commit();
		} else {
			// On a full disk this fails, where the ballast is given up for it, and not the first claim (S46).
			connection.exec('BEGIN IMMEDIATE');
			saveMeta(engine);
			connection.exec('COMMIT');
			tellWitness(meta);
		}
		if (opened.isNew) {
			// The tables and the store's id leave the WAL: if that is lost, the witness still knows whose rows are missing. In this
			// order: where they are in the file, there has been a witness.
			found.sync();
			syncDirectory(directory);
			connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
		}

		const files = new OpenFiles(directory);
		return {
			engine,
			files,
			commit,
			get hasBegun() {
				return hasBegun;
			},
			discard() {
				quietly(() => found.close());
				quietly(() => connection.close());
			},
			close() {
				const isOurs = files.findLost() === undefined;
				connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
				tellWitness(meta);
				found.close();
				connection.close();
				// Where the files are others now, it may be theirs.
				if (isOurs) quietly(() => removeOwner(join(directory, 'owner.json')));
			},
		};
	} catch (error) {
		quietly(() => witness?.close());
		quietly(() => connection.close());
		throw error;
	}
}

/**
 * Writes the witness after a commit. That it cannot be written is no reason to refuse what is committed: it is behind then, which
 * is normal, and told once until it succeeds again.
 */
function speaker(witness: Witness, notices: Pick<Notices, 'warn'>): (meta: Meta) => void {
	let isBehind = false;
	return (meta) => {
		try {
			witness.write(meta);
			isBehind = false;
		} catch (error) {
			if (!isBehind)
				notices.warn(
					`store.wit cannot be written, lost commits may go unnoticed: ${String(error)}`,
				);
			isBehind = true;
		}
	};
}

/** For what is thrown away because it failed, and for what only messages need: its errors say nothing new. */
function quietly(f: () => void): void {
	tryTo(f);
}

function tryTo<T>(f: () => T): T | undefined {
	try {
		return f();
	} catch {
		return undefined; // already failing
	}
}
