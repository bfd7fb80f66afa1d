import type { Counters } from '../../store';
import { newTally, toCounters } from '../tally';
import { oldestWaiting } from './chunks';
import type { Query } from '../../../postgres/connection';
import { sumCounters } from './counters';
import type { Engine, ExportRecord } from './engine';
import { findAttempts } from './attempts';

/** The counters of these exports as they stand now (I10). */
export async function showCounters(
	engine: Engine,
	query: Query,
	exports: readonly ExportRecord[],
): Promise<Counters[]> {
	const ids = exports.map(({ id }) => id);
	const sums = await sumCounters(query, ids);
	const oldest = await oldestWaiting(query, ids);
	const attempts = await findAttempts(engine, query, exports);
	return exports.map((e) => {
		const tally = sums.get(e.id) ?? newTally();
		return toCounters(e.exportId, e.state, oldest.get(e.id)?.at, tally, attempts(e));
	});
}
