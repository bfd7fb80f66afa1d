import { isAbsolute } from 'node:path';
import { ConfigError } from '../../errors';
import { checkConnectionString } from '../../postgres/connection-string';
import { joinPath } from '../../config-path';
import type { Logger } from '../../runtime/logger';
import { processShared } from '../../runtime/process-shared';
import { PostgresDatabase } from './postgres/postgres-database';
import { schemaOf } from './postgres/postgres-dialect';
import { isInStore } from './sqlite/is-in-store';
import { SqliteDatabase } from './sqlite/sqlite-database';
import type { TableDatabase } from './table-database';
import { parseTableName } from './table-name';

/** A database that exports may load tables of, as an editor of the host has configured it. */
export type TableDatabaseConfig =
	| {
			readonly kind: 'sqlite';
			/** Absolute; made when it is missing. A name such as `in.c-main.events` is one name in it. */
			readonly file: string;
	  }
	| {
			readonly kind: 'postgres';
			/** With the password: never shown. */
			readonly connectionString: string;
			/** The only ones that tables may be in; made when they are missing. */
			readonly schemas: readonly string[];
	  };

/** By its name; undefined where there is none of it. */
export type ResolveDatabase = (name: string) => TableDatabaseConfig | undefined;

interface Held {
	readonly database: TableDatabase;
	holders: number;
}

/**
 * Opens a database, or takes the one that others in this process have open: all that load into a file do so one after the other, and
 * those of a server share a few connections. Connects to nothing yet.
 *
 * @param o.table that is to be loaded
 * @param o.timeoutMs of its statements
 * @throws ConfigError
 */
export function holdDatabase(config: TableDatabaseConfig, o: HoldOptions): TableDatabase {
	checkPlace(config, o);
	const open = processShared('table databases', () => new Map<string, Held>());
	const key = JSON.stringify(
		config.kind === 'sqlite' ? [config.file] : [config.connectionString, o.timeoutMs],
	);
	const held = open.get(key) ?? { database: openDatabase(config, o), holders: 0 };
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

interface HoldOptions {
	readonly table: string;
	readonly timeoutMs: number;
	/** Of the sink's configuration, for messages. */
	readonly path: string;
	readonly logger?: Logger | undefined;
}

function openDatabase(
	config: TableDatabaseConfig,
	{ timeoutMs, logger }: HoldOptions,
): TableDatabase {
	if (config.kind === 'sqlite') return new SqliteDatabase(config.file);
	const { connectionString } = config;
	const warn = (message: string): void => logger?.warn(`a database of tables: ${message}`);
	return new PostgresDatabase({ connectionString, timeoutMs, warn });
}

function checkPlace(config: TableDatabaseConfig, { table, path }: HoldOptions): void {
	const at = joinPath(path, 'table');
	const name = parseTableName(table, at);
	if (config.kind === 'postgres') {
		checkConnectionString(config.connectionString, 'database.connectionString');
		const { schemas } = config;
		const schema = schemaOf(name);
		if (/^pg_|^information_schema$/.test(schema))
			throw new ConfigError(at, 'another schema: this one is PostgreSQL’s own', table);
		if (!schemas.includes(schema))
			throw new ConfigError(at, `a table in one of the schemas ${schemas.join(', ')}`, table);
		return;
	}
	if (!isAbsolute(config.file))
		throw new ConfigError('database.file', 'an absolute path of a file', config.file);
	if (isInStore(config.file))
		throw new ConfigError(
			'database.file',
			'a file outside the directory of a store of Sluice',
			config.file,
		);
	if (/^sqlite_/i.test(table))
		throw new ConfigError(at, 'another name: sqlite_… is SQLite’s own', table);
}
