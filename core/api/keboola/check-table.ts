import { ConfigError } from '../../errors';
import type { ApiExport } from '../../pipeline/stored-definitions';
import { TABLE_TIMEOUT_MS } from '../../pure/bounds';
import { holdDatabase } from '../../sink/table/open-database';
import { TABLE_ADVICE } from '../../sink/table/load-batch';
import { TableFault } from '../../sink/table/table-fault';
import { parseTableName } from '../../sink/table/table-name';
import { shapeOf } from '../../sink/table/table-shape';
import type { ApiTables } from '../api-tables';

/** Name of the database of a project's tables. @throws ConfigError where it has none */
export function databaseOf(tables: ApiTables | undefined, project: string): string {
	const name = tables?.databaseOf(project);
	if (name !== undefined) return name;
	throw new ConfigError(
		'tables',
		'a database for the tables of this project, set where the API is',
	);
}

/**
 * Loads nothing into the table of an export and takes all of it back: the table is what the mapping asks for (K46), or it can be made.
 * It is made with its first rows.
 *
 * @throws TableFault; ConfigError for a database that nobody has configured
 */
export async function checkTable(
	{ config, sink }: ApiExport,
	{
		tables,
		source,
		signal,
	}: { readonly tables: ApiTables; readonly source: string; readonly signal: AbortSignal },
): Promise<void> {
	if (sink?.kind !== 'table') return;
	const found = tables.databases(sink.database);
	if (!found) throw new ConfigError('database', 'the name of a database that is configured');
	const { fallback: timeoutMs } = TABLE_TIMEOUT_MS;
	const shape = shapeOf(sink, { columns: config.columns ?? [] });
	if (!shape) throw new ConfigError('mapping.columns', 'at least one column');
	const database = holdDatabase(found, { table: sink.table, timeoutMs, path: 'mapping' });
	try {
		await database.load(
			{
				...{ table: parseTableName(sink.table), shape, mode: 'incremental', create: 'always' },
				...{ adopt: true, onBadRow: 'refuse', isTrial: true, timeoutMs, source, batch: source },
			},
			async function* () {},
			signal,
		);
	} catch (error) {
		// Nothing waits yet that could be resumed, and clients know the text without it (K46).
		if (error instanceof TableFault) error.message = error.message.replace(`; ${TABLE_ADVICE}`, '');
		throw error;
	} finally {
		await database.close();
	}
}
