import { ConfigError } from '../../errors';

/** How many rows may go, or kept events come once more: a number that was read before, or `all`, however many there are by then. */
export type Confirm = number | 'all';

/** What a verb answers that was not told that rows may go, or of fewer than there are: nothing was done. */
export interface Question {
	readonly done: false;
	/** Rows that would go, or kept events that would come. */
	readonly rows: number;
	readonly question: string;
}

/**
 * Asks before rows go.
 *
 * @returns undefined where it may be done
 * @throws ConfigError for a confirmation that is none
 */
export function ask(
	confirm: Confirm | undefined,
	rows: number,
	what: string,
): Question | undefined {
	if (confirm !== undefined && confirm !== 'all' && !(Number.isInteger(confirm) && confirm >= 0))
		throw new ConfigError('confirm', 'the number of rows that may go, or "all"', confirm);
	if (confirm === 'all' || (confirm !== undefined && rows <= confirm)) return undefined;
	return {
		done: false,
		rows,
		question: `${what}: ${rows} rows. Confirm with that number, or with "all"`,
	};
}
