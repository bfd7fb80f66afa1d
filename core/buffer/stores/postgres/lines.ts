import type { Connection } from '../../../postgres/connection';

/**
 * The connections of one handle, each a line of its own: appends do not wait for claims, a lease is renewed however long somebody
 * purges, and nobody waits for who reads a large batch.
 */
export interface Connections {
	readonly append: Connection;
	/** What the flusher does. */
	readonly work: Connection;
	/** What people and the sweep do. */
	readonly admin: Connection;
	readonly read: Connection;
}

/** Lines whose transactions change counters: each has a slot, so that they do not wait for each other (S56). */
export const SLOT_OF = { append: 0, work: 1, admin: 2 } as const;
export const SLOTS_PER_HANDLE = 3;
export type Line = keyof typeof SLOT_OF;
