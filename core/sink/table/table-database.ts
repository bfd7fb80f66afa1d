/**
 * A database that batches are loaded into. What each does is the same (`load-batch.ts`); how, stands in `sqlite/` and `postgres/`. To add
 * one: its dialect, its transaction, its place in `open-database.ts`, and a run of `test/conformance/table-suite.ts`.
 */
import type { TableConfig } from './table-config';
import type { BadRow } from './table-fault';
import type { TableName } from './table-name';
import type { FoundTable, TableShape } from './table-shape';

/** A row as it is written: of each column its text, as `writeCell` gives it. */
export interface TableRow {
	/** In its batch, from 0. */
	readonly position: number;
	readonly isDelete: boolean;
	readonly cells: readonly (string | null)[];
}

/** All but the rows, as plain data: it goes to a thread. */
export interface TableLoad {
	readonly table: TableName;
	readonly shape: TableShape;
	readonly mode: NonNullable<TableConfig['load']>;
	readonly create: NonNullable<TableConfig['create']>;
	readonly adopt: boolean;
	readonly onBadRow: NonNullable<TableConfig['onBadRow']>;
	readonly timeoutMs: number;
	/** Both together are the batch's key: the export in its store, and what is the batch's own. */
	readonly source: string;
	readonly batch: string;
	/** All is done and taken back. */
	readonly isTrial: boolean;
}

/** What became of the rows that were given. */
export interface LoadResult {
	/** The batch was in the table before, and nothing was done. */
	readonly isRepeated: boolean;
	/** Of the batch, by position; all others are in the table. */
	readonly bad: readonly BadRow[];
}

/** In slices of bounded size; may be asked for again. */
export type RowSource = () => AsyncIterable<readonly TableRow[]>;

export interface TableDatabase {
	/**
	 * Loads a batch in one transaction with the note that it is loaded: however often it comes, it is in the table once.
	 *
	 * @throws TableFault; whatever `rows` throws. Nothing of the batch is in the table then, or, where the end of the transaction was not
	 *   heard of, all of it
	 */
	load(load: TableLoad, rows: RowSource, signal: AbortSignal): Promise<LoadResult>;
	/** However often. */
	close(): Promise<void>;
}

/** One transaction that is open, and of which all or nothing stays. */
export interface TableTransaction {
	/** From now on nobody else loads this table. Makes the schema and what Sluice keeps there, where they are missing. */
	prepare(table: TableName): Promise<void>;
	readLoad(load: TableLoad): Promise<readonly BadRow[] | undefined>;
	describe(table: TableName): Promise<FoundTable | undefined>;
	/** Whether Sluice has made or taken it. */
	isKnown(table: TableName): Promise<boolean>;
	/** Whose tables there are beside it, of which none may be taken: those of a store, or of n8n. */
	findHolder(table: TableName): Promise<'Sluice' | 'n8n' | undefined>;
	create(table: TableName, shape: TableShape): Promise<void>;
	noteTable(table: TableName): Promise<void>;
	write(load: TableLoad, rows: AsyncIterable<readonly TableRow[]>): Promise<readonly BadRow[]>;
	/** Notes a load, and forgets those that nobody can ask for any more. */
	noteLoad(load: TableLoad, bad: readonly BadRow[]): Promise<void>;
}
