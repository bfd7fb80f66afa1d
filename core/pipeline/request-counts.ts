import { CoreError, type ErrorCode } from '../errors';
import type { Event } from '../event/event';
import type { Acceptance } from '../receiver/answer';

/** What became of an event that was let in; a replay is a duplicate, since somebody sent a request again. */
export type CountedAs = Acceptance | 'replay';

/** What became of a receiver's requests since it was first attached here; changed in place, since each request counts. */
export interface RequestCounts {
	/** Events that were let in. */
	readonly events: Record<CountedAs, number>;
	/** Of these events. */
	bodyBytes: number;
	/** Requests, by code; `internal` is what is no CoreError. */
	readonly refused: Partial<Record<ErrorCode | 'internal', number>>;
}

export function newRequestCounts(): RequestCounts {
	return {
		events: { stored: 0, duplicate: 0, replay: 0, filtered: 0, stale: 0 },
		bodyBytes: 0,
		refused: {},
	};
}

export function countEvent(
	counts: RequestCounts,
	what: CountedAs,
	{ body }: Pick<Event, 'body'>,
): void {
	counts.events[what]++;
	counts.bodyBytes += body.length;
}

export function countRefused({ refused }: RequestCounts, cause: unknown): void {
	const code = cause instanceof CoreError ? cause.code : 'internal';
	refused[code] = (refused[code] ?? 0) + 1;
}

/** By which the limits of a receiver refuse. */
const OF_LIMITS = ['ERR_RATE_LIMITED', 'ERR_RECEIVER_BUSY'] as const satisfies ErrorCode[];

export function isOfLimits(cause: unknown): boolean {
	return cause instanceof CoreError && OF_LIMITS.some((code) => code === cause.code);
}

/** As they are at this instant, with what people ask for added up. */
export function shownCounts(counts: RequestCounts) {
	const { events, refused } = counts;
	return {
		accepted: sum(events),
		refused: sum(refused),
		limited: OF_LIMITS.reduce((all, code) => all + (refused[code] ?? 0), 0),
		duplicates: events.duplicate,
		replays: events.replay,
		stale: events.stale,
		counts: { ...counts, events: { ...events }, refused: { ...refused } },
	};
}

function sum(counts: Readonly<Record<string, number>>): number {
	return Object.values(counts).reduce((total, count) => total + count, 0);
}
