import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeFolder } from './make-folder';

const OURS_ALONE = 0o700;

/** Where in a directory is what is not for others: `.sluice`. @throws DeliveryError, the error of the file system */
export async function ownFolder(directory: string): Promise<string> {
	return makeFolder(join(directory, '.sluice'), OURS_ALONE);
}

/** And in it what is of one export. @throws DeliveryError, the error of the file system */
export async function exportFolder(directory: string, exportId: string): Promise<string> {
	const digest = createHash('sha256').update(exportId).digest('hex').slice(0, 16);
	return makeFolder(join(await ownFolder(directory), digest), OURS_ALONE);
}
