/** What databases differ in that can be said without one. One file each in `sqlite/` and `postgres/`. Pure. */
import type { TableName } from './table-name';
import type { TableShape } from './table-shape';

export interface TableDialect {
	/**
	 * Refuses what the database could not hold as it is asked for.
	 *
	 * @throws TableFault mismatch
	 */
	checkShape(table: TableName, shape: TableShape): void;
	/** The statement that makes the table, to be looked at before it runs. */
	createTable(table: TableName, shape: TableShape): string;
}
