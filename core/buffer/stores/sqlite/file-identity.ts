import { statSync } from 'node:fs';

/** Device and inode of a file, by which one that was replaced is another; undefined where none is there, or none may be looked at. */
export function fileIdentity(path: string): string | undefined {
	try {
		const found = statSync(path, { throwIfNoEntry: false });
		return found === undefined ? undefined : `${found.dev}:${found.ino}`;
	} catch {
		return undefined; // its directory is no directory any more, or not ours to look into
	}
}
