import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
	ConfigError,
	schemaOfTable,
	toDatabase,
	type SettingPath,
	type TableDatabaseConfig,
} from '../../core/index';
import { isAllowed, isWithin, realOf, WHERE_ALLOWED } from './allowed-paths';
import { readCredential, type CredentialContext } from './credentials';
import { n8nFolder } from './store';
import { DEFAULT_FILE, POSTGRES_SHOWN, POSTGRES_TYPE } from './table-options';

/** What the parameters of a node say of a database. */
export interface DatabaseParameters {
	readonly database?: 'sqlite' | 'postgres' | undefined;
	readonly databaseFile?: string | undefined;
	/** Its schema is the one that tables may be in: who chose the table has chosen it. */
	readonly table?: string | undefined;
}

/** A database, and what it is called where people look. */
export interface NamedDatabase {
	readonly name: string;
	readonly config: TableDatabaseConfig;
}

/** UTF-16 units, as core takes them. */
const MAX_NAME = 128;

/** @throws ConfigError naming parameter and bound; for a credential that cannot be read, or that only a tunnel leads to */
export async function tableDatabase(
	context: CredentialContext,
	{ database = 'sqlite', databaseFile, table }: DatabaseParameters,
	at: SettingPath,
): Promise<NamedDatabase> {
	if (database === 'postgres')
		return postgresDatabase(context, schemaOfTable(table ?? '', at('table')));
	if (database !== 'sqlite') throw new ConfigError(at('database'), 'postgres or sqlite', database);
	return sqliteDatabase(databaseFile?.trim() || DEFAULT_FILE, at('databaseFile'));
}

/** Beside the stores, in a place of its own. */
function sqliteDatabase(given: string, place: string): NamedDatabase {
	const folder = path.join(n8nFolder(), 'sluice');
	const config = toDatabase(
		{ kind: 'sqlite', file: given },
		{ folder, file: path.join(folder, DEFAULT_FILE) },
		() => place,
	);
	const { file } = config as { file: string };
	const isOwn = !path.isAbsolute(given) && isWithin(realOf(folder), realOf(file));
	if (!isOwn && !isAllowed(file)) {
		const expected = `a file below ${folder}, or one ${WHERE_ALLOWED}`;
		throw new ConfigError(place, expected, given);
	}
	// Only there: a directory that is missing elsewhere is perhaps not mounted.
	if (isOwn) mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	return { name: `SQLite ${given}`.slice(0, MAX_NAME), config };
}

/** As n8n's own credential holds it. */
interface PostgresFields {
	readonly host?: string;
	readonly port?: number;
	readonly database?: string;
	readonly user?: string;
	readonly password?: string;
	readonly ssl?: 'allow' | 'disable' | 'require';
	readonly allowUnauthorizedCerts?: boolean;
	readonly sshTunnel?: boolean;
}

async function postgresDatabase(
	context: CredentialContext,
	schema: string,
): Promise<NamedDatabase> {
	const { sshTunnel, ssl, allowUnauthorizedCerts, ...fields } =
		await readCredential<PostgresFields>(context, POSTGRES_TYPE, POSTGRES_SHOWN);
	const at = (name: string): string => `credentials.${POSTGRES_TYPE}.${name}`;
	if (sshTunnel === true) {
		const expected =
			'a credential without an SSH tunnel: Sluice connects by itself, for as long as the workflow is published. Let the server be reached directly, or run a tunnel beside n8n and give its address as the host';
		throw new ConfigError(at('sshTunnel'), expected);
	}
	const { host, port, database, user, password } = fields;
	const config = toDatabase(
		{
			kind: 'postgres',
			host,
			port,
			database,
			user,
			password,
			ssl: sslOf(ssl, allowUnauthorizedCerts),
		},
		NO_FOLDER,
		at,
	);
	return {
		name: `PostgreSQL ${host}/${database}`.slice(0, MAX_NAME),
		config: { ...config, schemas: [schema] } as TableDatabaseConfig,
	};
}

/** Of SQLite alone. */
const NO_FOLDER = { folder: '/', file: '' };

/** As n8n's own Postgres node takes it: but for the one box every certificate is checked, also with *Allow*. */
function sslOf(ssl: PostgresFields['ssl'], allowsAny: boolean | undefined): string {
	if (allowsAny === true) return 'noVerify';
	return ssl === undefined || ssl === 'disable' ? 'disable' : 'require';
}
