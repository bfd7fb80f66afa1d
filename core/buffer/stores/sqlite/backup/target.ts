import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { ConfigError } from '../../../../errors';
import { processShared } from '../../../../runtime/process-shared';
import { isPassing, systemCode, systemReason } from '../../../../runtime/system-reason';
import { backupFailed } from './backup-failed';

export interface Target {
	/** Where the backup will be, by its real path. */
	readonly directory: string;
	/** Beside it, on the same disk: where it is until it is complete. */
	readonly part: string;
	/** Removes what has not become a backup. */
	discard(): Promise<void>;
}

/**
 * Makes the directory in which a backup grows, and removes those that killed processes left of earlier ones with its name.
 *
 * @param store real path of the store's directory
 * @throws ConfigError where there may be no backup; BufferError ERR_BACKUP_FAILED where the disk does not take one now
 */
export async function prepareTarget(wanted: unknown, store: string): Promise<Target> {
	if (typeof wanted !== 'string' || !isAbsolute(wanted) || wanted.includes('\0'))
		throw refused('the absolute path of a directory that is not there yet, or is empty', wanted);
	const path = resolve(wanted);
	try {
		const parent = await realParent(path);
		await requireOutside(parent, store, wanted);
		const directory = join(parent, basename(path));
		await requireFree(directory, wanted);
		await removeLeftovers(directory);
		const part = `${directory}.part-${process.pid}-${randomBytes(4).toString('hex')}`;
		const making = partsOfProcess();
		making.add(part);
		const discard = async () => {
			await rm(part, { recursive: true, force: true });
			making.delete(part);
		};
		try {
			await mkdir(part, { mode: 0o700 });
		} catch (error) {
			making.delete(part);
			throw error;
		}
		return { directory, part, discard };
	} catch (cause) {
		const reason = systemReason(cause);
		if (reason === undefined) throw cause;
		if (isPassing(cause)) throw backupFailed(`${wanted} cannot be made: ${reason}`, { cause });
		throw refused(`a directory that can be made; ${wanted} cannot: ${reason}`, undefined, cause);
	}
}

/** Not made when it is missing: it would be on the wrong disk, where one is not mounted. */
async function realParent(path: string): Promise<string> {
	try {
		return await realpath(dirname(path));
	} catch (cause) {
		if (systemCode(cause) !== 'ENOENT') throw cause;
		throw refused('a directory in one that is there: make that first', path, cause);
	}
}

/** The store is what the backup is to outlive; and its directory is its own. */
async function requireOutside(parent: string, store: string, wanted: string): Promise<void> {
	const { dev, ino } = await stat(store);
	for (let above = parent; ; above = dirname(above)) {
		const found = await stat(above);
		if (found.dev === dev && found.ino === ino)
			throw refused('a directory outside that of the store', wanted);
		if (above === dirname(above)) return;
	}
}

async function requireFree(directory: string, wanted: string): Promise<void> {
	const found = await lstat(directory).catch((error: unknown) => {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw error;
	});
	if (found === undefined) return;
	const expected = 'a directory that is not there yet, or is empty';
	if (!found.isDirectory() || (await readdir(directory)).length > 0)
		throw refused(expected, wanted);
	if (found.dev !== (await stat(dirname(directory))).dev)
		throw refused('a directory in this one, on which a disk is mounted', wanted);
}

/** Of killed processes: of this machine none of them runs, or it is this one and knows nothing of it (in containers all have one id). */
async function removeLeftovers(directory: string): Promise<void> {
	const parent = dirname(directory);
	const begin = `${basename(directory)}.part-`;
	for (const name of await readdir(parent)) {
		const [, pid] =
			(name.startsWith(begin) && /^(\d+)-[0-9a-f]+$/.exec(name.slice(begin.length))) || [];
		const part = join(parent, name);
		if (pid === undefined || isMaking(Number(pid), part)) continue;
		await rm(part, { recursive: true, force: true });
	}
}

function isMaking(pid: number, part: string): boolean {
	if (pid === process.pid) return partsOfProcess().has(part);
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return systemCode(error) !== 'ESRCH';
	}
}

function partsOfProcess(): Set<string> {
	return processShared('backups', () => new Set());
}

function refused(expected: string, got?: unknown, cause?: unknown): ConfigError {
	return new ConfigError('directory', expected, got, { cause });
}
