import type { TableDatabaseConfig } from './open-database';
import { sqliteDialect } from './sqlite/sqlite-dialect';
import type { TableDialect } from './table-dialect';

export const DIALECTS: Readonly<Record<TableDatabaseConfig['kind'], TableDialect>> = {
	sqlite: sqliteDialect,
};
