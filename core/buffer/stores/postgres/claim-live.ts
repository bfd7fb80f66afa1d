import { reasonToClose } from '../export-rules';
import { addBatch } from './batches';
import type { Engine, ExportRecord, Transaction } from './engine';
import { markChunks, takeRowIds } from './mark-chunks';
import { statsOfNewest, takeNewest } from './take-newest';

/**
 * A new batch of live rows (`ClaimOptions.liveMs`) where older ones wait.
 *
 * @param from store time at which rows begin to be live
 * @returns its number
 */
export async function newLiveBatch(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	from: number,
	flush: boolean,
): Promise<number | undefined> {
	const { clock } = engine;
	const { conditions } = e.config;
	const found = await statsOfNewest(tx, e, conditions, from);
	if (found === undefined) return undefined;
	const { arrivedAt, lastArrivedAt, ...newest } = found;
	const stats = {
		...newest,
		firstRowAt: clock.toLocal(arrivedAt),
		lastRowAt: clock.toLocal(Math.min(lastArrivedAt, clock.nowAt)),
	};
	const reason = reasonToClose(e, stats, clock.toLocal(clock.nowAt), flush);
	if (reason === undefined) return undefined;
	const taken = await takeNewest(engine, tx, e, conditions, from);
	if (taken === undefined) return undefined;
	const firstRow = await takeRowIds(tx.query, e, taken.count);
	const batch = { ...taken, state: 'open', reason, attempts: 0, nextAt: clock.nowAt } as const;
	const number = await addBatch(engine, tx, e, { ...batch, firstRow });
	await markChunks(tx.query, e, number, taken, firstRow);
	return number;
}
