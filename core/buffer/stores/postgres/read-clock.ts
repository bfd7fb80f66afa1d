import { type ClockJump, TOLD_FROM_MS } from '../store-time';
import type { Query } from '../../../postgres/connection';
import type { Engine } from './engine';
import { NOTE_SEEN, RAISE_OFFSET, SERVER_TIME, type ServerTime } from './store-clock';

/**
 * The look at the server's clock with which every transaction begins. Where that clock was set back, the store's offset is raised.
 *
 * @returns jumps worth telling
 */
export async function readClock({ clock }: Engine, query: Query): Promise<ClockJump[]> {
	const askedMs = performance.now();
	const [time] = await query<ServerTime>(SERVER_TIME);
	if (time === undefined) return [];
	const backMs = clock.setBackMs(time, askedMs);
	if (backMs > 0) await query(RAISE_OFFSET, [time.offset + backMs, time.offset]);
	const [raised] = backMs > 0 ? await query<ServerTime>(SERVER_TIME) : [];
	clock.advance(raised ?? time);
	const jumps = clock.takeJumps();
	// Before anything is written that says a time so far ahead.
	if (jumps.some(({ ms }) => ms > 0)) await query(NOTE_SEEN, [clock.nowAt]);
	return backMs >= TOLD_FROM_MS ? [{ ms: -backMs, isAtOpen: false }, ...jumps] : jumps;
}
