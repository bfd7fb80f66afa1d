import { copyFileSync, existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BufferError } from '../../../../errors';
import { Connection } from '../connection';
import { type Engine, saveChanged, saveMeta } from '../engine';
import { loadRevisions } from '../exports';
import { readingEngine } from '../inspect/reading-engine';
import { VERIFY_HINT } from '../open-failed';
import { createPrivate, makePrivateDirectory, writePrivate } from '../private-files';
import { FORMAT, SCHEMA } from '../schema';
import { otherFormat } from '../../failures';
import { DELETE_STRAY_ANSWERS, INSERT_REVISION } from '../sql';
import { syncDirectory } from '../sync-directory';
import { parseWitness } from '../witness';
import { copyTables, type KnownPart } from './copy-tables';
import type { FoundDocuments } from './copy-documents';
import { DamagedTables } from './damaged-tables';
import { PageImage } from './page-image';
import { repairExport, type RepairReport } from './repair-export';

/** The file is complete and on disk when it has this name; what is left then is to put it in its place. */
const SALVAGED = 'store.db.salvaged';

/**
 * S51: makes a new database file of what can be read of a damaged one. Steps, each of which a crash may follow: a new file is
 * written and synced; the damaged file and its WAL get a second name in quarantine/; the new one is called salvaged; the WAL goes;
 * the new file takes the place of the damaged one. Before the third nothing has happened, behind it the next open goes on.
 * The damaged file stays, and so nothing is ever made worse.
 *
 * @param directory under the lock of salvage-lock.ts
 * @returns what to tell people
 * @throws BufferError ERR_STORE_CORRUPT when nothing of a store is found in the file, ERR_STORE_VERSION when one of another format is
 */
export function salvageStore(directory: string, nowAt: number): string {
	const path = join(directory, 'store.db');
	const image = new PageImage(path);
	const part = join(directory, 'store.db.part');
	try {
		removeDatabase(part);
		const { settled, documents } = rebuild(image, part, { directory, nowAt });
		const name = keepDamaged(directory, nowAt, { exports: settled, documents });
		const kept = existsSync(path) ? name : `${name}-wal`;
		renameSync(part, join(directory, SALVAGED));
		syncDirectory(directory);
		finishSalvage(directory);
		return report(settled, documents, kept);
	} finally {
		image.close();
		removeDatabase(part);
	}
}

/** The last two steps; also of a salvage that a crash interrupted. */
export function finishSalvage(directory: string): void {
	const salvaged = join(directory, SALVAGED);
	if (!existsSync(salvaged)) return;
	// First, since its frames would be taken for the new file's.
	rmSync(join(directory, 'store.db-wal'), { force: true });
	syncDirectory(directory);
	renameSync(salvaged, join(directory, 'store.db'));
	syncDirectory(directory);
}

export function hasUnfinishedSalvage(directory: string): boolean {
	return existsSync(join(directory, SALVAGED));
}

function rebuild(
	image: PageImage,
	part: string,
	{ directory, nowAt }: { directory: string; nowAt: number },
): { settled: RepairReport[]; documents: FoundDocuments } {
	const connection = new Connection(part);
	try {
		// One transaction in a file that nobody else knows; its commit syncs.
		for (const pragma of ['auto_vacuum=INCREMENTAL', 'journal_mode=DELETE', 'synchronous=FULL']) {
			connection.exec(`PRAGMA ${pragma}`);
		}
		connection.exec('BEGIN');
		connection.exec(SCHEMA);
		const path = join(directory, 'store.wit');
		const found = existsSync(path) ? parseWitness(readFileSync(path)) : 'missing';
		const witness = typeof found === 'string' ? undefined : found;
		const tables = new DamagedTables(image, connection);
		const format = tables.findFormat();
		// No release wrote one below 1: that record is damaged, and says nothing of the others.
		if (format !== undefined && format >= 1 && format < FORMAT)
			throw otherFormat(directory, format, FORMAT);
		const { exports, isAny, documents } = copyTables(tables, connection, { witness, nowAt });
		if (!isAny) {
			throw new BufferError(
				'ERR_STORE_CORRUPT',
				`nothing of a store was found in ${join(directory, 'store.db')}, it is left as it is; ${VERIFY_HINT}`,
			);
		}
		const settled = settleAll(connection, directory, exports, nowAt);
		connection.exec('COMMIT');
		return { settled, documents };
	} finally {
		connection.close();
	}
}

function settleAll(
	connection: Connection,
	directory: string,
	exports: ReadonlyMap<number, KnownPart>,
	nowAt: number,
): RepairReport[] {
	const engine: Engine = {
		...readingEngine({ connection, directory }, nowAt),
		begin() {},
	};
	const settled: RepairReport[] = [];
	for (const e of engine.exportsById.values()) {
		loadRevisions(engine, e);
		if (!e.revisions.has(e.mappingRevision) && e.mappingRevision > 0) {
			const columns = e.config.columns === undefined ? null : JSON.stringify(e.config.columns);
			connection.run(INSERT_REVISION, e.number, e.mappingRevision, e.config.output, columns);
		}
		settled.push(repairExport(engine, e, exports.get(e.number) ?? 'nothing'));
	}
	connection.run(DELETE_STRAY_ANSWERS);
	saveChanged(engine);
	// The commit number stays: one more would stand for a commit that the WAL lost, and the witness would not tell (S52).
	saveMeta(engine);
	return settled;
}

/** @returns the name of the damaged file in quarantine/ */
function keepDamaged(
	directory: string,
	nowAt: number,
	saved: { exports: readonly RepairReport[]; documents: FoundDocuments },
): string {
	const { quarantine, name } = placeInQuarantine(directory, nowAt);
	for (const suffix of ['', '-wal']) {
		const from = join(directory, `store.db${suffix}`);
		if (existsSync(from)) linkOrCopy(from, join(quarantine, `${name}${suffix}`));
	}
	const about = { at: new Date(nowAt).toISOString(), ...saved };
	writePrivate(join(quarantine, `${name}.json`), `${JSON.stringify(about, undefined, '\t')}\n`);
	syncDirectory(quarantine);
	return name;
}

/** Of an empty or missing database beside a log in which nothing of a store was found. @returns what to tell people */
export function setLogAside(directory: string, nowAt: number): string {
	const { quarantine, name } = placeInQuarantine(directory, nowAt);
	renameSync(join(directory, 'store.db-wal'), join(quarantine, `${name}-wal`));
	syncDirectory(quarantine);
	syncDirectory(directory);
	return `store.db is empty or gone, and nothing of a store was found in its log, which is quarantine/${name}-wal now`;
}

/** Before SQLite writes over a log that it did not take for one, or not to its end. @returns its name in quarantine/ */
export function keepLog(directory: string, nowAt: number): string {
	const { quarantine, name } = placeInQuarantine(directory, nowAt);
	const kept = join(quarantine, `${name}-wal`);
	createPrivate(kept);
	copyFileSync(join(directory, 'store.db-wal'), kept);
	syncDirectory(quarantine);
	return `quarantine/${name}-wal`;
}

function placeInQuarantine(directory: string, nowAt: number): { quarantine: string; name: string } {
	const quarantine = join(directory, 'quarantine');
	makePrivateDirectory(quarantine);
	const stamp = new Date(nowAt).toISOString().replace(/[:.]/g, '-');
	const isTaken = (name: string) =>
		['', '-wal'].some((suffix) => existsSync(join(quarantine, `${name}${suffix}`)));
	let name = `store-${stamp}.db`;
	for (let again = 2; isTaken(name); again++) name = `store-${stamp}-${again}.db`;
	return { quarantine, name };
}

function linkOrCopy(from: string, to: string): void {
	try {
		linkSync(from, to);
	} catch {
		copyFileSync(from, to); // a file system without hard links
	}
}

function removeDatabase(path: string): void {
	for (const suffix of ['', '-journal', '-wal']) rmSync(`${path}${suffix}`, { force: true });
}

function report(settled: readonly RepairReport[], documents: FoundDocuments, kept: string): string {
	const total = (what: 'saved' | 'regrouped' | 'missing') =>
		settled.reduce((sum, one) => sum + one[what], 0);
	const missing = settled
		.filter((one) => one.missing > 0)
		.map((one) => `${one.missing} of ${one.exportId}`);
	return (
		`the database of the store was damaged and was made anew: ${total('saved')} rows were saved, ` +
		`${total('regrouped')} of them in new batches, and ${total('missing')} are missing` +
		(missing.length === 0 ? '' : ` (${missing.join(', ')})`) +
		`; ${documents.saved} documents were saved, ${documents.damaged} of them damaged` +
		`; keys of duplicates, latest events and documents may be missing, too; the damaged file is quarantine/${kept}`
	);
}
