/**
 * How a column renders one event.
 *
 * To add a type Foo: its name in `Column.type` (../column.ts), a file `foo.ts` here that exports a CompileColumn, a line in
 * `compile-column.ts`, its checks in `../validate-columns.ts`, and its rows in the tests of this folder.
 */
import type { Profile } from '../../event/body';
import type { Event } from '../../event/event';
import type { Column } from '../column';

/** What a row has that its event does not. */
export interface RowContext {
	/** Number of the row in its export, from 1; given by the store when the row is claimed. */
	readonly rowId?: number | undefined;
	/** Makes a UUID of a time in milliseconds; injected by tests. */
	readonly newUuid?: ((now: number) => string) | undefined;
	/** The record is for `JSON.stringify` alone, which then writes numbers of the body as they were sent. */
	readonly exactNumbers?: boolean | undefined;
}

export interface ColumnRenderer {
	/** Text before CSV quoting; null where there is no value yet. */
	cell(event: Event, row: RowContext): string | null;
	/** JSON data: numbers stay numbers, text has no quotes. */
	value(event: Event, row: RowContext): unknown;
}

/** Does at configuration time whatever does not depend on the event. */
export type CompileColumn = (column: Column, profile: Profile) => ColumnRenderer;
