import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode, systemReason } from '../../../runtime/system-reason';
import { Descriptor } from './descriptor';

/** Why a directory cannot be made: asked of the nearest one above it that exists, where the system says only that there is none. */
export function reasonAbove(directory: string, error: unknown): string | undefined {
	if (systemCode(error) !== 'ENOENT') return systemReason(error);
	let above = dirname(directory);
	while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
	return probe(above) ?? systemReason(error);
}

/** Why SQLite cannot work in a directory, found by doing what it does; undefined where that works. */
export function probe(directory: string): string | undefined {
	const path = join(directory, `.probe-${process.pid}`);
	try {
		new Descriptor(path, 'w').close();
		rmSync(path, { force: true });
		for (const name of ['store.db', 'store.db-wal']) {
			const file = join(directory, name);
			if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
		}
		return undefined;
	} catch (error) {
		return systemReason(error);
	}
}
