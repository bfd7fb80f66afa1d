import { readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Backup } from '../../../backup';
import { Connection, sqliteCode } from '../connection';
import { readingEngine } from '../inspect/reading-engine';
import { verifyDatabase } from '../inspect/verify-database';
import type { Engine } from '../engine';
import { writePrivate } from '../private-files';
import { FORMAT } from '../schema';
import { syncDirectory } from '../sync-directory';
import { systemCode, systemReason } from '../../../../runtime/system-reason';
import { toWitnessBytes } from '../witness';
import { backupFailed } from './backup-failed';
import type { CopiedFrom, FinishOptions } from './copied-from';

/** Of a database that is being copied, and not verified yet: nobody takes its directory for a store. */
export const UNVERIFIED = 'store.db.unverified';

/**
 * Verifies a copy and gives it its name, which it has when all of it is on the disk. Reads everything: in a thread of its own.
 *
 * @throws BufferError ERR_BACKUP_FAILED
 */
export function finishBackup(o: FinishOptions): Omit<Backup, 'directory' | 'at'> {
	try {
		const verified = verifyCopy(o);
		const { part, directory } = o;
		renameSync(join(part, UNVERIFIED), join(part, 'store.db'));
		syncIfItCan(part);
		const bytes = readdirSync(part).reduce((sum, name) => sum + statSync(join(part, name)).size, 0);
		moveInto(part, directory);
		return { bytes, ...verified };
	} catch (cause) {
		const why = systemReason(cause);
		throw why === undefined ? cause : backupFailed(why, { cause });
	}
}

function verifyCopy({ part, from, nowAt }: FinishOptions): Pick<Backup, 'rows' | 'verified'> {
	const connection = new Connection(join(part, UNVERIFIED));
	try {
		for (const pragma of ['locking_mode=EXCLUSIVE', 'mmap_size=0', 'query_only=1'])
			connection.exec(`PRAGMA ${pragma}`);
		const engine = readingEngine({ connection, directory: part }, nowAt);
		requireAll(engine, from);
		// What the copy has is what its witness knows: rows that come to the store from now on are not missing in it.
		writePrivate(join(part, 'store.wit'), toWitnessBytes(engine.meta));
		const copy = { connection, directory: part, format: FORMAT, close() {} };
		const { findings, checked } = verifyDatabase(copy, nowAt);
		const [first] = findings;
		if (first !== undefined) throw damaged(first.message, findings.length);
		const rows = [...engine.exportsById.values()].reduce(
			(sum, { tally }) => sum + tally.rows + tally.openRows + tally.deadRows,
			0,
		);
		return { rows, verified: checked };
	} catch (error) {
		if (sqliteCode(error) === undefined) throw error;
		throw damaged(error instanceof Error ? error.message : String(error), 1);
	} finally {
		connection.close();
	}
}

/** @throws where something is not in the copy that had been acknowledged before it was begun */
function requireAll({ meta }: Engine, from: CopiedFrom): void {
	const isAll =
		meta.storeId === from.storeId &&
		meta.commitNumber >= from.commitNumber &&
		meta.appendedRows >= from.appendedRows;
	if (!isAll) throw damaged('it does not have all that the store had when it was begun', 1);
}

function damaged(first: string, findings: number): Error {
	const more = findings > 1 ? `, and ${findings - 1} more` : '';
	return backupFailed(
		`the copy was verified and is damaged (${first}${more}), so the store may be, too: look at it with "store verify", and to keep it ` +
			`as it is stop the host and copy its whole directory`,
		{ details: { findings, first } },
	);
}

/** An empty directory of that name makes way; anything else stays. */
function moveInto(part: string, directory: string): void {
	try {
		rmdirSync(directory);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') throw error;
	}
	renameSync(part, directory);
	try {
		syncIfItCan(dirname(directory));
	} catch (error) {
		rmSync(directory, { recursive: true, force: true });
		throw error;
	}
}

/** Some network file systems cannot sync a directory; theirs is not for us to decide. */
function syncIfItCan(directory: string): void {
	try {
		syncDirectory(directory);
	} catch (error) {
		if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF'].includes(systemCode(error) ?? ''))
			throw error;
	}
}
