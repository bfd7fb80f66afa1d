import { reasonToClose } from '../export-rules';
import { addBatch } from './batches';
import type { Engine, ExportRecord } from './engine';
import { findNewest, takeNewest } from './take-newest';

/**
 * A new batch of live rows (`ClaimOptions.liveMs`) where older ones wait.
 *
 * @param from store time at which rows begin to be live
 * @returns its number
 */
export function newLiveBatch(
	engine: Engine,
	e: ExportRecord,
	from: number,
	flush: boolean,
): number | undefined {
	const { time } = engine;
	const newest = findNewest(engine, e, e.config.conditions, from);
	if (newest === undefined) return undefined;
	const { mappingRevision } = newest.chunk;
	const [first] = newest.rows;
	const stats = {
		...newest.stats,
		firstRowAt: time.toWall(first.arrivedAt),
		lastRowAt: time.toWall((newest.rows.at(-1) ?? first).arrivedAt),
		mappingRevision,
	};
	const reason = reasonToClose(e, stats, time.toWall(time.nowAt), flush);
	if (reason === undefined) return undefined;
	engine.begin();
	const taken = takeNewest(engine, e, newest);
	return addBatch(engine, e, taken, {
		mappingRevision,
		reason,
		state: 'open',
		attempts: 0,
		nextAt: time.nowAt,
	});
}
