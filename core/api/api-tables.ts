import type { ResolveDatabase } from '../sink/table/open-database';

/** Databases that tables of exports are in, as whoever serves the API has configured them. */
export interface ApiTables {
	/** Name of the database in which a project has its tables; undefined where it has none. */
	readonly databaseOf: (project: string) => string | undefined;
	/** As the sinks of the exports are given it. */
	readonly databases: ResolveDatabase;
}
