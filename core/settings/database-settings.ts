import path from 'node:path';
import { postgresConnectionString, type PostgresPlace } from '../postgres/connection-string';
import { checkChoice } from '../check-value';
import { ConfigError } from '../errors';
import { textList } from '../pure/text-list';
import type { TableDatabaseConfig } from '../sink/table/open-database';
import { DEFAULT_TABLE_SCHEMA } from '../sink/table/postgres/postgres-dialect';
import { isName } from '../sink/table/table-name';
import { inDialog, sameName, type SettingPath } from './setting-path';

/** For dialogs, in the order to show them. */
export const DATABASE_KINDS = [
	'sqlite',
	'postgres',
] as const satisfies readonly TableDatabaseConfig['kind'][];

/** Of the dialogs of databases that tables are in; how they are used is told in buffer-settings.ts. */
export interface DatabaseSettings extends PostgresPlace {
	/** Default sqlite, which needs nothing else. */
	readonly kind?: TableDatabaseConfig['kind'] | undefined;
	/** Of SQLite; where it is relative, below the folder of the host. */
	readonly file?: string | undefined;
	/** Of PostgreSQL: the only ones that tables may be in, separated by commas; empty: `public`. */
	readonly schemas?: string | undefined;
}

/** Where a host keeps the files of databases. */
export interface DatabaseFolder {
	/** Relative paths are below it. */
	readonly folder: string;
	/** Of a database that names no file. */
	readonly file: string;
}

const MAX_SCHEMAS = 100;
const MAX_SCHEMA_BYTES = 63;

/** Of SQLite a file, of PostgreSQL the schemas in which tables may be. @throws ConfigError naming the dialog's field; never with the password */
export function toDatabase(
	settings: DatabaseSettings,
	host: DatabaseFolder,
	at: SettingPath = sameName,
): TableDatabaseConfig {
	const { kind = 'sqlite', file, schemas, ...place } = settings;
	if (checkChoice(kind, at('kind'), DATABASE_KINDS) === 'sqlite') {
		const given = file?.trim();
		return { kind: 'sqlite', file: given ? fileOf(given, host, at) : host.file };
	}
	return {
		kind: 'postgres',
		connectionString: inDialog(() => postgresConnectionString(place), at),
		schemas: schemasOf(schemas, at('schemas')),
	};
}

/** SQLite itself takes some texts for what is no file. */
function fileOf(given: string, { folder }: DatabaseFolder, at: SettingPath): string {
	if (!isName(given) || given === ':memory:' || /^file:/i.test(given) || /[\\/]$/.test(given))
		throw new ConfigError(at('file'), 'the path of a file, such as tables.db', given);
	return path.resolve(folder, given);
}

function schemasOf(text: string | undefined, at: string): readonly string[] {
	const names = [...new Set(textList(text ?? ''))];
	if (names.length === 0) return [DEFAULT_TABLE_SCHEMA];
	if (names.length > MAX_SCHEMAS)
		throw new ConfigError(at, `at most ${MAX_SCHEMAS} names`, names.length);
	for (const name of names) {
		if (!isName(name) || Buffer.byteLength(name) > MAX_SCHEMA_BYTES)
			throw new ConfigError(at, `names of 1 to ${MAX_SCHEMA_BYTES} bytes`, name);
		if (/^pg_|^information_schema$/.test(name))
			throw new ConfigError(at, 'no schema of PostgreSQL’s own', name);
	}
	return names;
}
