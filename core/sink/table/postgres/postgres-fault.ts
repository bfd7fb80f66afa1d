import type { ConnectionFailures } from '../../../postgres/connection';
import { describeFailure, sqlState } from '../../../postgres/sql-error';
import { TableFault, type FaultKind } from '../table-fault';

/** Classes of SQLSTATEs that are about values, constraints and triggers. */
const OF_ROWS = /^(22|23|44|P0)/;

/** Whole SQLSTATEs before their classes. */
const KINDS: readonly [state: RegExp, kind: FaultKind, what?: string][] = [
	[
		/^42501$/,
		'denied',
		'the user may not do this; it needs USAGE and CREATE on the schema, TEMPORARY on the database, and SELECT, INSERT, UPDATE and DELETE on the table',
	],
	[/^(28|3D000$)/, 'denied'],
	[
		/^(55P03|40P01|40001|57014)$/,
		'timeout',
		'somebody else held the table for too long, or a statement took too long',
	],
	[OF_ROWS, 'refused', 'a constraint, a trigger or a type of the table refuses the batch'],
	[/^(42|3F000$)/, 'mismatch', 'a table or column is not what it was'],
];

/** Of rows that the table does not take: whatever it says of values, constraints and triggers. */
export function isOfRows(error: unknown): boolean {
	return OF_ROWS.test(sqlState(error) ?? '');
}

/** Names of constraints and columns alone: the server's own words hold values. */
export function whyOfRows(error: unknown): string {
	const { constraint, column } = error as { constraint?: unknown; column?: unknown };
	const state = sqlState(error) ?? '';
	if (typeof constraint === 'string') return `the constraint "${constraint}" refuses it (${state})`;
	if (typeof column === 'string') return `column "${column}" refuses it (${state})`;
	return `a type or a trigger of the table refuses it (${state})`;
}

/** What a load hears of its connection. */
export const tableFailures: ConnectionFailures = {
	failed(cause) {
		const { state, isTimeout, message } = describeFailure(cause);
		const [, kind, what] = KINDS.find(([known]) => known.test(state ?? '')) ?? [];
		return new TableFault(
			kind ?? (isTimeout ? 'timeout' : 'unavailable'),
			what === undefined ? message : `PostgreSQL: ${what} (${state})`,
			cause,
		);
	},
	closed: () => new TableFault('unavailable', 'the database was closed'),
};
