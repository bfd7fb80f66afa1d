import { cancelReplay } from '../../pipeline/replays/replay-book';
import { systemClock } from '../../runtime/clock';
import type { Operable } from '../operable';

/** Ends a replay of kept events into a buffer; nothing more of it is appended here then. What it has appended stays. */
export async function endReplay(on: Operable, exportId: string): Promise<void> {
	const wasRunning = await cancelReplay(on.store.documents, exportId, systemClock.now());
	if (wasRunning) await on.lookAtReplay?.(exportId);
}
