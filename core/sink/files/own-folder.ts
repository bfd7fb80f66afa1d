import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeliveryError } from '../../errors';
import { systemCode } from '../../runtime/system-reason';
import { syncDirectory } from './sync-directory';

/** Where in a directory is what is not for others: `.sluice`. @throws DeliveryError, the error of the file system */
export async function ownFolder(directory: string): Promise<string> {
	return made(join(directory, '.sluice'));
}

/** And in it what is of one export. @throws DeliveryError, the error of the file system */
export async function exportFolder(directory: string, exportId: string): Promise<string> {
	const digest = createHash('sha256').update(exportId).digest('hex').slice(0, 16);
	return made(join(await ownFolder(directory), digest));
}

/** Made where it is missing; a link in its place would lead elsewhere, and is refused. */
async function made(path: string): Promise<string> {
	try {
		await mkdir(path, { mode: 0o700 });
		await syncDirectory(dirname(path));
	} catch (error) {
		if (systemCode(error) !== 'EEXIST') throw error;
	}
	if ((await lstat(path)).isDirectory()) return path;
	const message = `${path} is no directory, but a link or a file; it is to be a directory of Sluice alone`;
	throw new DeliveryError('ERR_SINK_UNAVAILABLE', message);
}
