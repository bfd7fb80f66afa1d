import { lstat, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DeliveryError } from '../../errors';
import { processShared } from '../../runtime/process-shared';
import { systemCode } from '../../runtime/system-reason';
import { makeFolder } from './make-folder';
import { syncDirectory } from './sync-directory';

const MAX_TRIES = 1_000;

/**
 * Gives a complete file its name, at once and for good; one that is taken is followed by `-2`, `-3`, … Nothing is ever replaced. Folders
 * in the name are made where they are missing.
 *
 * @param directory its real path
 * @param o.stem as `fileName` gives it
 * @returns the name, with its folders
 * @throws DeliveryError ERR_SINK_UNAVAILABLE where too many are taken, or a folder is a link; the error of the file system
 */
export async function publish(
	part: string,
	directory: string,
	{ stem, ending }: { readonly stem: string; readonly ending: string },
): Promise<string> {
	const folders = stem.split('/');
	const last = folders.pop() ?? '';
	return inTurn(directory, async () => {
		let folder = directory;
		for (const one of folders) folder = await makeFolder(join(folder, one));
		for (let i = 1; i <= MAX_TRIES; i++) {
			const name = `${last}${i === 1 ? '' : `-${i}`}${ending}`;
			const path = join(folder, name);
			if (await isTaken(path)) continue;
			await rename(part, path);
			await syncDirectory(folder);
			return [...folders, name].join('/');
		}
		const message = `${MAX_TRIES} files of ${directory} are called "${stem}${ending}" already; name files by {date} and {time}`;
		throw new DeliveryError('ERR_SINK_UNAVAILABLE', message);
	});
}

async function isTaken(path: string): Promise<boolean> {
	try {
		await lstat(path);
		return true;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return false;
		throw error;
	}
}

/** Between looking for a free name and taking it no other buffer of this process does the same. */
async function inTurn<T>(directory: string, work: () => Promise<T>): Promise<T> {
	const turns = processShared('names-of-files', () => new Map<string, Promise<unknown>>());
	const before = turns.get(directory) ?? Promise.resolve();
	const done = before.then(work);
	const ended = done.then(
		() => {},
		() => {},
	);
	turns.set(directory, ended);
	try {
		return await done;
	} finally {
		if (turns.get(directory) === ended) turns.delete(directory);
	}
}
