import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { BufferError } from '../../../errors';
import { RELEASE } from '../../../runtime/release';
import { writePrivate } from './private-files';
import { FORMAT } from './schema';

/** `owner.json`: who has the store, for messages only; the lock of the database decides (S9, S12). */

export function writeOwner(path: string, startedAt: number): void {
	const owner = {
		pid: process.pid,
		host: hostname(),
		startedAt: new Date(startedAt).toISOString(),
		format: FORMAT,
		release: RELEASE,
	};
	writePrivate(path, `${JSON.stringify(owner)}\n`);
}

export function removeOwner(path: string): void {
	rmSync(path, { force: true });
}

/** The error of who finds the store locked. */
export function storeOwned(path: string, directory: string): BufferError {
	const owner = readOwner(path);
	return new BufferError('ERR_STORE_OWNED', `store ${directory} is owned by ${whoseIs(owner)}`, {
		details: { directory, ...owner },
	});
}

/** Copies of one release share a store; so whoever has it in this process is of another one. */
function whoseIs(owner: Owner | undefined): string {
	if (owner === undefined) return 'another process';
	const { pid, host, startedAt, release } = owner;
	const isHere = pid === process.pid && host === hostname() && release !== RELEASE;
	if (!isHere) return `process ${pid} on host ${host} since ${startedAt}`;
	return `release ${release} of this package, which this process has loaded beside ${RELEASE}: restart it with one of the two, or give each a directory of its own`;
}

interface Owner {
	readonly pid: unknown;
	readonly host: unknown;
	readonly startedAt: unknown;
	readonly release: unknown;
}

function readOwner(path: string): Owner | undefined {
	try {
		const { pid, host, startedAt, release } = JSON.parse(readFileSync(path, 'utf8')) as Record<
			string,
			unknown
		>;
		return { pid, host, startedAt, release };
	} catch {
		return undefined; // not written yet, or by a process that died while writing
	}
}
