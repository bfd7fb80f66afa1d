import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DeliveryError } from '../../errors';
import { systemCode } from '../../runtime/system-reason';
import { syncDirectory } from './sync-directory';

/**
 * Makes a folder where it is missing, on disk; a link in its place would lead elsewhere, and is refused.
 *
 * @param path whose parent is there
 * @param mode default: what the umask leaves
 * @throws DeliveryError ERR_SINK_UNAVAILABLE, the error of the file system
 */
export async function makeFolder(path: string, mode?: number): Promise<string> {
	try {
		await mkdir(path, mode);
		await syncDirectory(dirname(path));
	} catch (error) {
		if (systemCode(error) !== 'EEXIST') throw error;
	}
	if ((await lstat(path)).isDirectory()) return path;
	const message = `${path} is no directory, but a link or a file; it is to be a directory, or not there`;
	throw new DeliveryError('ERR_SINK_UNAVAILABLE', message);
}
