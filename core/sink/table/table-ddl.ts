import { ConfigError } from '../../errors';
import type { Column } from '../../mapping/column';
import { DIALECTS } from './dialects';
import type { TableDatabaseConfig } from './open-database';
import type { TableConfig } from './table-config';
import { parseTableName } from './table-name';
import { shapeOf } from './table-shape';

/**
 * The statement by which a table would be created, for people to look at before it runs. Pure.
 *
 * @param columns of the export's mapping
 * @throws ConfigError; TableFault where the database could not hold such a table
 */
export function tableDdl(
	kind: TableDatabaseConfig['kind'],
	config: Pick<TableConfig, 'table' | 'columns' | 'primaryKey'>,
	columns: readonly Column[] | undefined,
): string {
	const table = parseTableName(config.table);
	const shape = shapeOf(config, columns ? { columns } : {});
	if (!shape) throw new ConfigError('columns', 'at least one column');
	DIALECTS[kind].checkShape(table, shape);
	return DIALECTS[kind].createTable(table, shape);
}
