import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../../../errors';

/** Who only looks must not make a store by it. @throws ConfigError naming the directory */
export function requireStore(directory: string): void {
	if (typeof directory === 'string' && existsSync(join(directory, 'store.db'))) return;
	throw new ConfigError('store.directory', 'a directory that holds a store.db', directory);
}
