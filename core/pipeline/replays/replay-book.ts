import type { Documents } from '../../buffer/documents';
import type { ErrorCode } from '../../errors';
import { REPLAY } from '../../pure/bounds';
import type { KeptRange } from './kept-range';

/** Collection of what is known of replays; ids are full ids of exports. */
export const REPLAYS_COLLECTION = 'replays';

/** What has become of kept events by now. */
export interface ReplayCounts {
	/** Those that were looked at and wanted. */
	readonly events: number;
	readonly rows: number;
	/** By the filter. */
	readonly leftOut: number;
	/** Put aside, since they could not be mapped (onMappingError: dead). */
	readonly dead: number;
	/** Damaged. */
	readonly unreadable: number;
}

/**
 * A replay under way. Its slices are appended with a key that names the place behind which they begin, and where they end is on disk
 * before: killed in between, the same slice comes again and is known, so that it goes on where it ended and doubles nothing.
 */
export interface Replay {
	readonly id: string;
	/** Places are true in this store alone. */
	readonly storeId: string;
	readonly keptId: string;
	readonly range: KeptRange;
	readonly beganAt: number;
	/** Events in the range when it began. */
	readonly of: number;
	/** Place behind what is done. */
	readonly done: string;
	/** Place behind the slice that is under way. */
	readonly next?: string;
	/** Nothing is behind that. */
	readonly isLast?: true;
	readonly counts: ReplayCounts;
	/** Why it waits for a person. */
	readonly stopped?: {
		readonly code: ErrorCode;
		readonly message: string;
		readonly eventId?: string;
	};
}

export interface PastReplay extends ReplayCounts {
	readonly range: KeptRange;
	readonly beganAt: number;
	readonly endedAt: number;
	/** Somebody has ended it before its end. */
	readonly isCancelled?: true;
}

export interface ReplayBook {
	readonly running?: Replay;
	/** The oldest first. */
	readonly past: readonly PastReplay[];
}

/** A book and its revision; 0: there is none yet. */
export interface OpenBook extends ReplayBook {
	readonly revision: number;
}

export const NO_COUNTS: ReplayCounts = { events: 0, rows: 0, leftOut: 0, dead: 0, unreadable: 0 };

export async function readBook(documents: Documents, exportId: string): Promise<OpenBook> {
	const found = await documents.get(REPLAYS_COLLECTION, exportId);
	if (!found) return { past: [], revision: 0 };
	return { ...(found.value as ReplayBook), revision: found.revision };
}

/** @returns as it stands then; @throws BufferError ERR_DOCUMENT_CONFLICT where another process was faster */
export async function writeBook(
	documents: Documents,
	exportId: string,
	book: OpenBook,
): Promise<OpenBook> {
	const { revision: ifRevision, ...value } = book;
	const revision = await documents.put(REPLAYS_COLLECTION, exportId, value, { ifRevision });
	return { ...value, revision };
}

/** The replay is over. */
export function closeReplay(book: OpenBook, endedAt: number, isCancelled: boolean): OpenBook {
	const { running, past, revision } = book;
	if (!running) return book;
	const { range, beganAt, counts } = running;
	const ended = { range, beganAt, endedAt, ...counts, ...(isCancelled ? { isCancelled } : {}) };
	return { past: [...past, ended as PastReplay].slice(-REPLAY.remembered), revision };
}

/** Ends the one that is under way; what it has appended stays. @returns whether there was one */
export async function cancelReplay(
	documents: Documents,
	exportId: string,
	now: number,
): Promise<boolean> {
	for (;;) {
		const book = await readBook(documents, exportId);
		if (!book.running) return false;
		try {
			await writeBook(documents, exportId, closeReplay(book, now, true));
			return true;
		} catch (error) {
			if (!isConflict(error)) throw error;
		}
	}
}

/** Another process has written meanwhile. */
export function isConflict(error: unknown): boolean {
	return Object(error).code === 'ERR_DOCUMENT_CONFLICT';
}
