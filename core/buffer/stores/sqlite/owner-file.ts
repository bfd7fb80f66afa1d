import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { BufferError } from '../../../errors';
import { writePrivate } from './private-files';
import { FORMAT } from './schema';

/** `owner.json`: who has the store, for messages only; the lock of the database decides (S9, S12). */

export function writeOwner(path: string, startedAt: number): void {
	const owner = {
		pid: process.pid,
		host: hostname(),
		startedAt: new Date(startedAt).toISOString(),
		format: FORMAT,
	};
	writePrivate(path, `${JSON.stringify(owner)}\n`);
}

export function removeOwner(path: string): void {
	rmSync(path, { force: true });
}

/** The error of who finds the store locked. */
export function storeOwned(path: string, directory: string): BufferError {
	const owner = readOwner(path);
	const whose =
		owner === undefined
			? 'another process'
			: `process ${owner.pid} on host ${owner.host} since ${owner.startedAt}`;
	return new BufferError('ERR_STORE_OWNED', `store ${directory} is owned by ${whose}`, {
		details: { directory, ...owner },
	});
}

function readOwner(path: string): { pid: unknown; host: unknown; startedAt: unknown } | undefined {
	try {
		const { pid, host, startedAt } = JSON.parse(readFileSync(path, 'utf8')) as Record<
			string,
			unknown
		>;
		return { pid, host, startedAt };
	} catch {
		return undefined; // not written yet, or by a process that died while writing
	}
}
