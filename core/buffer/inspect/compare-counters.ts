import type { Tally } from '../stores/tally';

/** What was counted of rows that are stored. */
export interface Found {
	rows: number;
	bytes: number;
}

/** What of a batch counts. */
interface BatchNumbers {
	readonly state: 'open' | 'dead';
	readonly count: number;
	readonly sizeBytes: number;
	readonly answerBytes: number;
}

/** The counters that can be found again by counting what is stored. */
export function countersOf(tally: Tally) {
	const { rows, bytes, heldRows, heldBytes, openBatches, openRows, openBytes } = tally;
	const { deadBatches, deadRows, deadBytes } = tally;
	const waiting = { rows, bytes, heldRows, heldBytes };
	return { ...waiting, openBatches, openRows, openBytes, deadBatches, deadRows, deadBytes };
}

/**
 * @param waiting the rows that are in no batch
 * @param held those of them that wait for their key (I22)
 */
export function countersFound(waiting: Found, held: Found, batches: readonly BatchNumbers[]) {
	const open = batches.filter(({ state }) => state === 'open');
	const dead = batches.filter(({ state }) => state === 'dead');
	const sum = (of: readonly BatchNumbers[], what: 'count' | 'sizeBytes' | 'answerBytes') =>
		of.reduce((total, batch) => total + batch[what], 0);
	return {
		...waiting,
		heldRows: held.rows,
		heldBytes: held.bytes,
		openBatches: open.length,
		openRows: sum(open, 'count'),
		openBytes: sum(open, 'sizeBytes'),
		deadBatches: dead.length,
		deadRows: sum(dead, 'count'),
		deadBytes: sum(dead, 'sizeBytes') + sum(dead, 'answerBytes'),
	};
}

/** What differs, in words; a number that is not known (NaN), by damage, is not compared. */
export function compare<T extends Record<string, number>>(
	said: T,
	found: { [Name in keyof T]: number },
) {
	return Object.keys(said)
		.filter((name) => ![said[name], found[name]].some(Number.isNaN) && said[name] !== found[name])
		.map((name) => `${name} ${said[name]}, found ${found[name]}`)
		.join('; ');
}
