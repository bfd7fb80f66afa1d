import { isAbsolute } from 'node:path';
import { ConfigError } from '../../errors';
import { joinPath } from '../config-path';
import type { Logger } from '../../runtime/logger';
import { processShared } from '../../runtime/process-shared';
import { SqliteDatabase } from './sqlite/sqlite-database';
import type { TableDatabase } from './table-database';
import { parseTableName } from './table-name';

/** A database that exports may load tables of, as an editor of the host has configured it. */
export interface TableDatabaseConfig {
	readonly kind: 'sqlite';
	/** Absolute; made when it is missing. A name such as `in.c-main.events` is one name in it. */
	readonly file: string;
}

/** By its name; undefined where there is none of it. */
export type ResolveDatabase = (name: string) => TableDatabaseConfig | undefined;

interface Held {
	readonly database: TableDatabase;
	holders: number;
}

/**
 * Opens a database, or takes the one that others in this process have open: all that load into a file do so one after the other.
 * Connects to nothing yet.
 *
 * @param o.table that is to be loaded
 * @throws ConfigError
 */
export function holdDatabase(
	config: TableDatabaseConfig,
	{
		table,
		path,
	}: { readonly table: string; readonly path: string; readonly logger?: Logger | undefined },
): TableDatabase {
	checkPlace(config, table, path);
	const open = processShared('table databases', () => new Map<string, Held>());
	const key = JSON.stringify([config.kind, config.file]);
	const held = open.get(key) ?? { database: new SqliteDatabase(config.file), holders: 0 };
	open.set(key, held);
	held.holders += 1;
	let isClosed = false;
	return {
		load: (load, rows, signal) => held.database.load(load, rows, signal),
		async close() {
			if (isClosed) return;
			isClosed = true;
			held.holders -= 1;
			if (held.holders > 0) return;
			open.delete(key);
			await held.database.close();
		},
	};
}

function checkPlace(config: TableDatabaseConfig, table: string, path: string): void {
	const name = parseTableName(table, joinPath(path, 'table'));
	if (!isAbsolute(config.file))
		throw new ConfigError('database.file', 'an absolute path of a file', config.file);
	if (/^sqlite_/i.test(name.schema === '' ? name.table : table))
		throw new ConfigError(joinPath(path, 'table'), 'another name: sqlite_… is SQLite’s own', table);
}
