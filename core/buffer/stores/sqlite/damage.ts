import { fullExportId } from '../../../config';
import { BufferError } from '../../../errors';
import type { StoredExport } from '../../store';
import { SQLITE, sqliteCode } from './connection';

/**
 * Damage that SQLite does not see, since its pages have no checksums: a record that cannot be what was written, or rows that no
 * longer are where a counter or a batch says. Treated as SQLite's own SQLITE_CORRUPT (S51).
 */
export class DamagedDatabase extends Error {
	readonly errcode = SQLITE.corrupt;
}

/** JSON as the store wrote it. @throws DamagedDatabase */
export function parseStored(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new DamagedDatabase('a record is not as it was written');
	}
}

/**
 * The configuration in the record of an export. One damaged letter may leave JSON that is JSON, of another export or of none.
 *
 * @throws DamagedDatabase
 */
export function parseConfig(text: string, exportId: string): StoredExport {
	const config = parseStored(text) as StoredExport;
	if (fullExportId(config) === exportId) return config;
	throw new DamagedDatabase('the configuration of an export is not as it was written');
}

/** Whether an error tells of damage to the database itself: SQLITE_CORRUPT, SQLITE_NOTADB, or what was made of them. */
export function isDamage(error: unknown): boolean {
	if (error instanceof BufferError) return error.code === 'ERR_STORE_CORRUPT';
	const code = sqliteCode(error);
	return code === SQLITE.corrupt || code === SQLITE.notADatabase;
}
