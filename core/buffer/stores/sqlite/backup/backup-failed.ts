import { BufferError } from '../../../../errors';

/** Nothing is left where the backup should have been. @param why also what to do */
export function backupFailed(
	why: string,
	o: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
): BufferError {
	return new BufferError('ERR_BACKUP_FAILED', `no backup was made: ${why}`, o);
}
