import { homedir } from 'node:os';
import path from 'node:path';

/** Top of the checkout. */
export const ROOT = path.resolve(__dirname, '../..');

/** The folder outside the repository that every clone on the machine shares for slow installs and throw-away user folders. */
export function cacheFolder(...parts: string[]): string {
	return path.join(
		process.env['SLUICE_CACHE'] ?? path.join(homedir(), '.cache', 'sluice'),
		...parts,
	);
}
