/**
 * The latest raw event of each device and type, kept per receiver for *synchronize* (D55): an export made today can render what came
 * before it. Written in the transaction of the event's rows, whatever the exports make of the event. Bounded: the keys that were
 * updated longest ago go first, counted.
 */

/** Of one receiver, but for the last two. */
export const LATEST_BOUNDS = {
	keys: 10_000,
	/** Of its events, heads included. */
	bytes: 32 * 1024 ** 2,
	/** Of one event; a larger one is not kept. */
	eventBytes: 1024 ** 2,
	/** UTF-16 units. */
	keyLength: 500,
	/** Of one page of `latest`; a single event may be all of it. */
	pageBytes: 4 * 1024 ** 2,
} as const;

export interface LatestEvent {
	/** Unique in its receiver; a text of 1 … 500 UTF-16 units without control characters and halves of surrogate pairs. */
	readonly key: string;
	readonly type?: string;
	readonly device?: string;
	readonly labels?: Readonly<Record<string, string>>;
	/** When it happened, milliseconds since the Unix epoch, fractions allowed: one never replaces another that happened later. */
	readonly at: number;
	/** As event/codec.ts writes it. */
	readonly event: Uint8Array;
}

export interface LatestPage {
	/** By key, as their UTF-8 bytes compare. Damaged ones are left out, and reported (S50). */
	readonly events: readonly LatestEvent[];
	/** The `after` of the next page, which may be empty; undefined when this is the last one. */
	readonly next: string | undefined;
}

/** What may be asked of `latest`: behind a key; at most so many, default 100, at most 1,000, and 4 MB. */
export interface LatestRange {
	readonly after?: string | undefined;
	readonly limit?: number;
}
