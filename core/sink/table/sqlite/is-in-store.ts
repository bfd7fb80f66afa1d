import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether a file is, or would be, in the directory of an embedded store, which nobody else may write to. */
export function isInStore(file: string): boolean {
	return existsSync(join(dirname(file), 'store.wit'));
}
