import type { LoadResult, TableLoad, TableRow, TableTransaction } from './table-database';
import type { TableDialect } from './table-dialect';
import { TableFault, type BadRow } from './table-fault';
import { showTable } from './table-name';
import { differenceOf } from './table-shape';

/** Of a table that is another one than the mapping asks for, for who operates an export of it. */
export const TABLE_ADVICE = 'change the table or the mapping, then resume';

/** More would make the note of a load larger than the load. */
const MAX_BAD_ROWS = 10_000;
/** Named in the message of a batch that is refused. */
const SHOWN_ROWS = 5;

/**
 * Notes are forgotten when they are older than anything can wait for its next attempt (30 days, `RETRY.maxAgeMs`); but what is paused
 * waits as long as it wants, so of each export the newest stay. More batches than that are never out at once.
 */
export const KEPT_LOADS = { days: 31, newest: 1_000 } as const;

/**
 * What happens in the transaction of a load. Whoever calls it commits, or takes all back: after a throw, and after a trial.
 *
 * @throws TableFault
 */
export async function loadBatch(
	transaction: TableTransaction,
	dialect: TableDialect,
	load: TableLoad,
	rows: AsyncIterable<readonly TableRow[]>,
): Promise<LoadResult> {
	const { table, shape } = load;
	dialect.checkShape(table, shape);
	await transaction.prepare(table);
	const known = await transaction.readLoad(load);
	if (known) return { isRepeated: true, bad: known };
	await claimTable(transaction, load);
	const bad = await transaction.write(load, rows);
	if (bad.length > 0 && load.onBadRow === 'refuse') throw refused(load, bad);
	if (bad.length > MAX_BAD_ROWS) throw refused(load, bad);
	await transaction.noteLoad(load, bad);
	return { isRepeated: false, bad };
}

/** Makes the table, or sees that it is ours and what it is to be. */
async function claimTable(transaction: TableTransaction, load: TableLoad): Promise<void> {
	const { table, shape, create, adopt } = load;
	const name = showTable(table);
	const isKnown = await transaction.isKnown(table);
	const found = await transaction.describe(table);
	const holder = await transaction.findHolder(table);
	if (holder === 'Sluice')
		throw mismatch(
			`there is a store of Sluice where the table "${name}" is to be; choose another place`,
		);
	if (!found) {
		if (create === 'never')
			throw mismatch(
				`the table "${name}" does not exist, and is not to be created; create it, then resume`,
			);
		if (isKnown && create === 'once')
			throw mismatch(
				`the table "${name}" was dropped; create it again, or let it be created always, then resume`,
			);
		await transaction.create(table, shape);
	} else {
		if (!isKnown && holder !== undefined)
			throw mismatch(
				`the table "${name}" stands among those of ${holder}; choose another schema or database`,
			);
		if (!isKnown && !adopt)
			throw mismatch(
				`the table "${name}" was not created by Sluice; choose another name, or let it be taken over`,
			);
		const difference = differenceOf(name, shape, found);
		if (difference !== undefined) throw mismatch(`${difference}; ${TABLE_ADVICE}`);
	}
	if (!isKnown) await transaction.noteTable(table);
}

function refused({ table }: TableLoad, bad: readonly BadRow[]): TableFault {
	const shown = bad.slice(0, SHOWN_ROWS).map(({ position, why }) => `row ${position + 1}: ${why}`);
	const more = bad.length > SHOWN_ROWS ? `, and ${bad.length - SHOWN_ROWS} more` : '';
	const of = `the table "${showTable(table)}" did not take ${bad.length} rows of the batch`;
	return new TableFault('refused', `${of}, so it took none: ${shown.join('; ')}${more}`);
}

function mismatch(message: string): TableFault {
	return new TableFault('mismatch', message);
}
