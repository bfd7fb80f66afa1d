import {
	toTable,
	type ResolveDatabase,
	type SettingPath,
	type SinkConfig,
	type TableDatabaseConfig,
	type TableSettings,
} from '../../core/index';
import type { CredentialContext } from './credentials';
import { tableDatabase, type DatabaseParameters } from './table-database';

/** A table, and the database that it is in. */
export interface TableSink {
	readonly config: SinkConfig<'table'>;
	readonly databases: ResolveDatabase;
	readonly kind: TableDatabaseConfig['kind'];
}

/**
 * A table by the parameters of a node and, where it is of PostgreSQL, its credential.
 *
 * @param o.at how the dialog calls its settings
 * @param o.rows absent: they are known with the items alone
 * @throws ConfigError naming parameter and bound; for a credential that cannot be read
 */
export async function tableSink(
	context: CredentialContext,
	settings: TableSettings & DatabaseParameters,
	o: { readonly at: SettingPath; readonly rows?: Parameters<typeof toTable>[1]['rows'] },
): Promise<TableSink> {
	const { name, config: database } = await tableDatabase(context, settings, o.at);
	const config = toTable(settings, { database: name, rows: o.rows }, o.at);
	const { kind } = database;
	return { config, kind, databases: (wanted) => (wanted === name ? database : undefined) };
}
