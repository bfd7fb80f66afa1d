import type { TableDatabaseConfig } from './open-database';
import { postgresDialect } from './postgres/postgres-dialect';
import { sqliteDialect } from './sqlite/sqlite-dialect';
import type { TableDialect } from './table-dialect';

export const DIALECTS: Readonly<Record<TableDatabaseConfig['kind'], TableDialect>> = {
	sqlite: sqliteDialect,
	postgres: postgresDialect,
};
