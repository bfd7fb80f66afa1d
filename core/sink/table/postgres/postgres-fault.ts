import { CoreError } from '../../../errors';
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

/** The SQLSTATE of an error of the server. */
export function stateOf(error: unknown): string | undefined {
	const code = (error as { code?: unknown } | undefined)?.code;
	return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Of rows that the table does not take: whatever it says of values, constraints and triggers. */
export function isOfRows(error: unknown): boolean {
	return OF_ROWS.test(stateOf(error) ?? '');
}

/** Names of constraints and columns alone: the server's own words hold values. */
export function whyOfRows(error: unknown): string {
	const { constraint, column } = error as { constraint?: unknown; column?: unknown };
	const state = stateOf(error) ?? '';
	if (typeof constraint === 'string') return `the constraint "${constraint}" refuses it (${state})`;
	if (typeof column === 'string') return `column "${column}" refuses it (${state})`;
	return `a type or a trigger of the table refuses it (${state})`;
}

/** @param error of `Connection.transaction`, whose cause is that of the driver */
export function toPostgresFault(error: unknown): unknown {
	if (!(error instanceof CoreError) || error.code !== 'ERR_STORE_UNAVAILABLE') return error;
	const cause = firstCause(error);
	const state = stateOf(cause);
	const isSlow = cause instanceof Error && cause.message === 'Query read timeout';
	const [, kind, what] = isSlow
		? [undefined, 'timeout' as const, 'no answer in time']
		: (KINDS.find(([known]) => known.test(state ?? '')) ?? [undefined, 'unavailable' as const]);
	const message =
		what === undefined ? error.message : `PostgreSQL: ${what}${state ? ` (${state})` : ''}`;
	return new TableFault(kind, message, cause);
}

/** While nobody can connect, the former failure is the cause of the next. */
function firstCause(error: CoreError): unknown {
	return error.cause instanceof CoreError ? firstCause(error.cause) : error.cause;
}
