import { statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreTime } from '../store-time';
import { SQLITE, sqliteCode } from './connection';
import { isDamage } from './damage';
import type { Engine, Meta } from './engine';
import { loadExports, saveChanged, saveMeta } from './engine';
import { loadRevisions } from './exports';
import { hearWitness } from './hear-witness';
import type { Notices } from './notices';
import { openFailed } from './open-failed';
import { removeOwner, storeOwned, writeOwner } from './owner-file';
import { openDatabase } from './open-database';
import type { WorkerOptions } from './protocol';
import { withSalvageLock } from './salvage/salvage-lock';
import { finishSalvage, hasUnfinishedSalvage, salvageStore } from './salvage/salvage-store';
import { Witness } from './witness';

/** An open store in its worker: the data, and what opens and closes with it. */
export interface OpenEngine {
	readonly engine: Engine;
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
	const { directory } = options;
	const nowAt = before?.time.nowAt ?? options.reading.wallAt;
	if (hasUnfinishedSalvage(directory)) salvage(directory, () => finishSalvage(directory));
	const damagedFile = fileNumber(directory);
	if (!isDamaged) {
		try {
			return open(options, notices, before);
		} catch (error) {
			if (!isDamage(error)) throw error;
		}
	}
	const report = salvage(directory, () =>
		// Another process may have been faster.
		fileNumber(directory) === damagedFile ? salvageStore(directory, nowAt) : undefined,
	);
	if (report !== undefined) notices.keep(report);
	return open(options, notices, before);
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
			time: before?.time ?? new StoreTime(reading, opened.lastSeenAt),
			exports: new Map(exports.map((e) => [e.exportId, e])),
			exportsById: new Map(exports.map((e) => [e.number, e])),
			exportsByReceiver: new Map(),
			leases: before?.leases ?? new Map(),
			builders: new Map(),
			changed: new Set(),
			quarantineDirectory: join(directory, 'quarantine'),
			warn: (message) => notices.warn(message),
			begin() {
				if (hasBegun) return;
				connection.exec('BEGIN IMMEDIATE');
				hasBegun = true;
			},
		};
		for (const e of exports) loadRevisions(engine, e);

		const commit = () => {
			saveChanged(engine);
			meta.commitNumber++;
			saveMeta(engine);
			connection.exec('COMMIT');
			hasBegun = false;
			tellWitness(meta);
		};

		const warning = hearWitness(found.found, { meta, exports, isNew: opened.isNew });
		if (warning !== undefined) {
			notices.keep(warning);
			engine.begin();
			for (const e of exports) engine.changed.add(e);
			commit();
		} else {
			tellWitness(meta);
		}

		return {
			engine,
			commit,
			get hasBegun() {
				return hasBegun;
			},
			discard() {
				quietly(() => found.close());
				quietly(() => connection.close());
			},
			close() {
				connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
				tellWitness(meta);
				found.close();
				connection.close();
				quietly(() => removeOwner(join(directory, 'owner.json')));
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
	try {
		f();
	} catch {
		// already failing
	}
}
