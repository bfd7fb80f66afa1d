import type { ExportState } from '../config';
import type { Counters } from '../buffer/store';

/** How some exports stand, in rows: all of them counted once, wherever they are. */
export interface BufferSummary {
	/** Not yet in a batch. */
	readonly waiting: number;
	/** In batches that are with the sink now. */
	readonly open: number;
	/** In batches that wait for their next attempt. */
	readonly retrying: number;
	/** When the next of those is due, milliseconds since the Unix epoch; absent when none waits. */
	readonly nextAttemptAt?: number;
	/** In dead letters. */
	readonly dead: number;
	/** Dropped while disabled, over the life of those exports that are disabled now. */
	readonly dropped: number;
	/** The state that holds up most: disabled before paused before active. */
	readonly state: ExportState;
}

const STATES: readonly ExportState[] = ['ACTIVE', 'PAUSED', 'USER_DISABLED', 'SYSTEM_DISABLED'];

/** Sums up what the store counts of some exports, for statuses and panels. Pure. */
export function summarizeBuffers(counters: readonly Counters[]): BufferSummary {
	const sum = (value: (one: Counters) => number): number =>
		counters.reduce((total, one) => total + value(one), 0);
	const due = counters.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? []);
	return {
		waiting: sum(({ rows }) => rows),
		open: sum(({ openRows, retryingRows }) => openRows - retryingRows),
		retrying: sum(({ retryingRows }) => retryingRows),
		...(due.length > 0 ? { nextAttemptAt: Math.min(...due) } : {}),
		dead: sum(({ deadRows }) => deadRows),
		dropped: sum(({ state, droppedTotal }) => (isDropping(state) ? droppedTotal : 0)),
		state: STATES[Math.max(0, ...counters.map(({ state }) => STATES.indexOf(state)))] ?? 'ACTIVE',
	};
}

function isDropping(state: ExportState): boolean {
	return state === 'USER_DISABLED' || state === 'SYSTEM_DISABLED';
}

/**
 * An instant as a status can show it, by the clock of this machine: `14:05:10`, with the day where it is not within 24 hours,
 * `12-31 14:05`.
 *
 * @param at milliseconds since the Unix epoch
 */
export function showDue(at: number, now: number): string {
	const date = new Date(at);
	const two = (value: number): string => String(value).padStart(2, '0');
	const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
	if (Math.abs(at - now) < 24 * 3_600_000) return `${time}:${two(date.getSeconds())}`;
	return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
