import { randomBytes } from 'node:crypto';
import { ConfigError, CoreError } from '../../errors';
import { TABLE_TIMEOUT_MS } from '../../pure/bounds';
import { holdDatabase, type TableDatabaseConfig } from './open-database';
import { TableFault } from './table-fault';
import { quote } from './table-name';

/** What became of a try of a database. */
export interface TriedDatabase {
	/** Tables can be made and loaded in all of its schemas. */
	readonly isGood: boolean;
	/** In a sentence or two, without secrets. */
	readonly says: string;
}

/**
 * Connects, and makes and loads a table in each of the schemas, all of which is taken back. A file that is missing is made.
 *
 * @throws what is no fault of the database
 */
export async function tryDatabase(
	config: TableDatabaseConfig,
	{
		signal = new AbortController().signal,
		timeoutMs = TABLE_TIMEOUT_MS.fallback,
	}: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<TriedDatabase> {
	const schemas = config.kind === 'sqlite' ? [''] : config.schemas;
	const lines: string[] = [];
	let isGood = true;
	for (const schema of schemas) {
		const fault = await faultOf(config, schema, { signal, timeoutMs });
		const where = config.kind === 'sqlite' ? config.file : `the schema ${quote(schema)}`;
		isGood &&= fault === undefined;
		lines.push(`${where}: ${fault?.message ?? 'tables can be made and loaded'}`);
		// The others are behind the same door.
		if (fault && !(fault instanceof TableFault && ['denied', 'mismatch'].includes(fault.kind)))
			break;
	}
	return { isGood, says: lines.join('. ') };
}

async function faultOf(
	config: TableDatabaseConfig,
	schema: string,
	{ signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<CoreError | undefined> {
	const table = `sluice_try_${randomBytes(6).toString('hex')}`;
	try {
		const name = schema === '' ? table : `${schema}.${table}`;
		const database = holdDatabase(config, { table: name, timeoutMs, path: '' });
		try {
			await database.load(
				{
					...{ table: { schema, table }, mode: 'incremental', create: 'once', timeoutMs },
					shape: { columns: [{ name: 'id', type: 'text' }], primaryKey: [] },
					...{ adopt: false, onBadRow: 'refuse', isTrial: true, source: 'try', batch: table },
				},
				async function* () {
					yield [{ position: 0, isDelete: false, cells: ['1'] }];
				},
				signal,
			);
			return undefined;
		} finally {
			await database.close();
		}
	} catch (error) {
		if (error instanceof TableFault || error instanceof ConfigError) return error;
		throw error;
	}
}
