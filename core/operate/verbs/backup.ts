import type { Backup } from '../../buffer/backup';
import { ConfigError } from '../../errors';
import type { Operable } from '../operable';

/**
 * Makes a verified copy of the whole store in a directory of its own, while its host goes on.
 *
 * @throws ConfigError naming `directory`, or where the store is not embedded; BufferError ERR_BACKUP_FAILED
 */
export async function backup({ store }: Operable, directory: string | undefined): Promise<Backup> {
	if (typeof directory === 'string' && directory !== '') return store.backup(directory);
	throw new ConfigError('directory', 'where the backup is to be: an absolute path', directory);
}
