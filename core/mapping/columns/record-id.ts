import type { Event } from '../../event/event';
import type { CompileColumn } from './column-renderer';

/** The id of the record that the body is, where the receiver has a schema (O17): the primary key of a table of records. */
export const recordId: CompileColumn = () => ({ cell: recordIdOf, value: recordIdOf });

/** @throws Error for an event that is no record: none of a receiver with a schema, or one that the schema only reports */
export function recordIdOf({ recordId: id }: Event): string {
	if (id !== undefined) return id;
	throw new Error('the event has no record id; set a schema in its receiver');
}
