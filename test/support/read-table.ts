import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Rows of a file of SQLite that somebody else writes; none as long as it, or what is asked for, is not there. */
export function readTable(file: string, sql: string): Record<string, unknown>[] {
	if (!existsSync(file)) return [];
	const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
	try {
		return database
			.prepare(sql)
			.all()
			.map((row) => ({ ...row }));
	} catch (error) {
		if (/no such table/.test(String(error))) return [];
		throw error;
	} finally {
		database.close();
	}
}
