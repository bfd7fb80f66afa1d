import { fitsBatch, reasonToClose } from '../export-rules';
import {
	addBatch,
	type MemoryBatch,
	type MemoryExport,
	type MemoryState,
	takeWaiting,
} from './state';

/** Whether rows wait that are not live any more. */
export function hasOlder({ time }: MemoryState, e: MemoryExport, liveMs: number): boolean {
	const [oldest] = e.waiting;
	return oldest !== undefined && oldest.arrivedAt < time.nowAt - liveMs;
}

/** A batch of live rows (`ClaimOptions.liveMs`) where older ones wait. */
export function liveBatchFor(
	state: MemoryState,
	e: MemoryExport,
	{ flush, liveMs }: { readonly flush: boolean; readonly liveMs: number },
): MemoryBatch | undefined {
	const { time } = state;
	const live = countLive(e, time.nowAt - liveMs);
	const first = e.waiting.at(-live.count);
	if (live.count === 0 || first === undefined) return undefined;
	const { mappingRevision } = first.row;
	const stats = {
		...live.stats,
		firstRowAt: time.toWall(first.arrivedAt),
		lastRowAt: time.toWall((e.waiting.at(-1) ?? first).arrivedAt),
		mappingRevision,
	};
	const reason = reasonToClose(e, stats, time.toWall(time.nowAt), flush);
	if (reason === undefined) return undefined;
	const taken = takeWaiting(e, live.count, e.waiting.length - live.count);
	return addBatch(state, e, taken, {
		mappingRevision,
		reason,
		state: 'open',
		attempts: 0,
		nextAt: time.nowAt,
	});
}

/** How many of the last rows make a batch; `stats` counts the first that no longer fits, since the batch is full then. */
function countLive(e: MemoryExport, from: number) {
	const stats = { rows: 0, bytes: 0 };
	const revision = e.waiting.at(-1)?.row.mappingRevision;
	let count = 0;
	for (const { row, arrivedAt } of e.waiting.toReversed()) {
		if (arrivedAt < from || row.mappingRevision !== revision) break;
		stats.rows += 1;
		stats.bytes += row.sizeBytes;
		if (!fitsBatch(e.config.conditions, stats.rows, stats.bytes)) break;
		count += 1;
	}
	return { count, stats };
}
