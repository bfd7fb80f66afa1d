import { CoreError } from '../../../errors';
import { sqliteCode } from '../../../buffer/stores/sqlite/connection';
import { TableFault, type FaultKind } from '../table-fault';

/** Primary result codes, and what each means for people. */
const CODES: Readonly<Record<number, readonly [FaultKind, string]>> = {
	1: ['mismatch', 'a table or column is not what it was'],
	3: ['denied', 'the file may not be opened'],
	5: ['timeout', 'somebody else holds the file for too long'],
	6: ['timeout', 'somebody else holds the table for too long'],
	8: ['unavailable', 'the file cannot be written to'],
	10: ['unavailable', 'the disk failed'],
	11: ['unavailable', 'the file is damaged'],
	13: ['unavailable', 'the disk is full'],
	14: [
		'unavailable',
		'the file cannot be opened; its folder must be there, and belong to the user that runs the host',
	],
	17: ['mismatch', 'a table or column is not what it was'],
	23: ['denied', 'it may not be done'],
	26: ['unavailable', 'the file is no database'],
};

/** Of a row alone: a constraint, a type, a size. */
const OF_ROW = new Set([18, 19, 20]);

export function isOfRow(error: unknown): boolean {
	return OF_ROW.has(sqliteCode(error) ?? -1);
}

/** What SQLite says of a row: names of tables and columns. What a trigger says may be anything, and stays out. */
export function whyOfRow(error: unknown): string {
	const { message } = error as Error;
	const isKnown = /^(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed/.test(message);
	return isKnown ? message : 'a constraint or a trigger of the table refuses it';
}

/** @returns what is no error of SQLite or the file system as it is */
export function toSqliteFault(error: unknown): unknown {
	if (error instanceof TableFault || error instanceof CoreError) return error;
	const code = sqliteCode(error);
	if (code !== undefined) {
		if (OF_ROW.has(code)) return new TableFault('refused', `SQLite: ${whyOfRow(error)}`);
		const [kind, what] = CODES[code] ?? ['unavailable', 'a statement failed'];
		return new TableFault(kind, `SQLite: ${what} (${code})`, error);
	}
	const system = (error as { code?: unknown } | undefined)?.code;
	if (typeof system !== 'string' || !/^E[A-Z]+$/.test(system)) return error;
	return new TableFault('unavailable', `SQLite: the file cannot be opened (${system})`, error);
}
