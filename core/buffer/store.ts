/**
 * The contract of a store: the durable home of rows, leases and dead letters. It shows no connection and no transaction
 * type; `stores/` holds the implementations and `test/conformance/store-suite.ts` the one suite they all pass.
 *
 * Words: a row waits (append) → is in an open batch (claim) → is gone (ack) or dead. I and S numbers: docs/spec/durable-store.md.
 *
 * Order key (I22): rows of one key are given out in the order in which they were appended, and none while an earlier one is in an open
 * batch. A key is busy while an open batch has a row of it, leased or not; a claim passes over rows whose key is busy, once, and holds
 * them: they still wait, and are due as soon as what has their key is settled, by whichever process and after whichever restart. So a row
 * that fails holds the rows of its key alone, two open batches never share a key, and each waiting row is looked at once. What is ready
 * goes first: held rows key by key, the key whose first one is oldest before the others, then rows that no claim has come to, if a
 * condition is met. A batch has its rows in the order in which they were appended. Rows get their ids with their first claim, as ever:
 * without gaps, rising within a key, not over all rows.
 *
 * What another order left open keeps its place: batches that share keys go one after the other then, older first. What is held when the
 * order becomes another one is ready at once.
 *
 * Methods reject with BufferError: ERR_STORE_UNAVAILABLE, ERR_BUFFER_FULL, ERR_QUOTA, ERR_REQUEST_TOO_LARGE, ERR_EXPORT_UNKNOWN,
 * ERR_LEASE_LOST, ERR_STORE_CORRUPT.
 */
import type { CoreError } from '../errors';
import type { Column } from '../mapping/column';
import type { Backup } from './backup';
import type { Documents } from './documents';
import type { LatestEvent, LatestPage, LatestRange } from './latest';
import type { ExportConfig, ExportState, KeepConfig, Output } from '../config';

/**
 * Mapping revision of a row that could not be mapped: its payload is the event itself, whatever the export's output is, and
 * a batch of such rows has output `event` and no columns.
 */
export const UNMAPPED_REVISION = 0;

/** One event rendered by one export's mapping. */
export interface Row {
	/** Full id, `<receiverId>/<id>`. */
	readonly exportId: string;
	readonly eventId: string;
	readonly receivedAt: number;
	/** As `putExport` returned it, or UNMAPPED_REVISION. */
	readonly mappingRevision: number;
	/** As ExportConfig.output says; opaque to the store. */
	readonly payload: Uint8Array;
	/** What counts for the size condition; by the Keboola rules the bytes of the CSV row (K63). */
	readonly sizeBytes: number;
	/** Under order key (below) rows of one key go one after the other; a row without one is free. Otherwise the store only keeps it. */
	readonly sequenceKey?: string;
	/** What the row does to what its destination has; absent: push. */
	readonly operation?: 'push' | 'delete';
	/** Made anew of an event that was kept: `receivedAt` is when the row was made then. */
	readonly replay?: true;
}

/** Most events of one append. */
export const MAX_APPEND_EVENTS = 10_000;

/** By which an event is known when it comes again. */
export interface DedupeKey {
	readonly key: string;
	/** How long the key is remembered, milliseconds. */
	readonly windowMs: number;
}

/** Keys behind one of them. */
export interface KeyRange {
	readonly after?: string | undefined;
	readonly limit?: number;
}

export interface KnownKeys {
	/** With what is left of their windows. */
	readonly keys: readonly DedupeKey[];
	/** The `after` of the next page, which may be empty; undefined when this is the last one. */
	readonly next: string | undefined;
}

/** One event as it is appended: its rows in all exports. */
export interface AppendedEvent {
	/**
	 * An event of which any key was seen inside that key's window is a duplicate: none of its rows are stored, its other keys are
	 * remembered (I19). Keys are those of the receiver.
	 */
	readonly dedupeKeys?: readonly DedupeKey[];
	readonly rows: readonly Row[];
	/** Put straight aside, a dead letter each: an event that cannot be mapped (onMappingError: dead), or one of another store or export. */
	readonly dead?: readonly AppendedLetter[];
	/** What is kept of it as the latest of its device and type, in the same transaction; not of a duplicate. */
	readonly latest?: LatestEvent;
}

/** A dead letter as it is appended. */
export interface AppendedLetter {
	/** At least one, all of one export and mapping revision. */
	readonly rows: readonly Row[];
	readonly error: CoreError;
	/** What decided it. */
	readonly answer?: EndpointAnswer | undefined;
	/** That were made elsewhere; default 0. */
	readonly attempts?: number;
}

/** The events of one request. */
export interface AppendRequest {
	readonly receiverId: string;
	/** At most MAX_APPEND_EVENTS. Several together must fit into one transaction of the store (8 MB unless its limits say otherwise). */
	readonly events: readonly AppendedEvent[];
}

export interface AppendAnswer {
	/** For each event, in order, whether it was known. */
	readonly duplicates: readonly boolean[];
	/** For each event, in order, at which positions of its `dedupeKeys` those are that were known; absent where none was of any event. */
	readonly knownKeys?: readonly (readonly number[])[];
	/** Of the exports that the request names. */
	readonly counters: readonly Counters[];
}

/** A row as it comes back. */
export interface StoredRow extends Row {
	/** From 1, per export, gapless, never reused; given by the first claim and kept through retry, split and replay. 0 while the row waits. */
	readonly rowId: number;
}

/** A time-limited claim on a batch. A token that is not the newest is stale (I6). */
export interface Lease {
	readonly batchId: string;
	/** Rises with every claim of the batch. */
	readonly token: number;
	/** Milliseconds since the Unix epoch. */
	readonly until: number;
}

/** A closed, immutable set of rows (I4), given to the sink as one. */
export interface Batch {
	readonly id: string;
	readonly exportId: string;
	readonly mappingRevision: number;
	readonly output: Output;
	/** Of its mapping revision. */
	readonly columns?: readonly Column[];
	readonly count: number;
	readonly sizeBytes: number;
	/** receivedAt of its first and last row. */
	readonly firstAt: number;
	readonly lastAt: number;
	/** Why it was closed, worded as K58; `mapping changed, …` (K48), `flush` when it was asked for, `key` when its rows had been held for
	 * their keys. */
	readonly reason: string;
	/** From 1; a released lease does not count. */
	readonly attempt: number;
	/** `<store id>/<export>/<number>-<random>` (S36): stable over attempts, crashes, restarts and processes, and never that of other
	 * rows, also not in a restored or copied store (I20). A split or a replay makes new ones. */
	readonly idempotencyKey: string;
	readonly lease: Lease;
	/** Slices of at most 1 MB of payload, in order; may be read again. The first one may have come with the claim. */
	rows(): AsyncIterable<StoredRow[]>;
	/** Their payloads alone, where the store has them side by side: in the same order and number, in slices of its own. */
	payloads?(): AsyncIterable<Payloads>;
}

/** Payloads in one piece of memory, which nobody writes to: number i is from `starts[i]` up to `ends[i]`. */
export interface Payloads {
	readonly bytes: Uint8Array;
	readonly starts: Uint32Array;
	readonly ends: Uint32Array;
}

/** What an endpoint said of a request. */
export interface EndpointAnswer {
	readonly status: number;
	/** Its words: at most MAX_ANSWER_BYTES of UTF-8, without the secrets of the request; absent where there are none. */
	readonly text?: string;
	/** It wants no more of this export (410). */
	readonly asksToDisable?: true;
}

/** Why an attempt failed, as it is kept with its batch. */
export interface Failure {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly code: string;
	/** At most 2,000 characters. */
	readonly message: string;
	/** What decided it, where an endpoint answered. */
	readonly answer?: { readonly status: number; readonly text?: string };
}

/** What became of one attempt. `answer` is what decided it, where an endpoint answered. */
export type Outcome =
	| { readonly kind: 'ack'; readonly answer?: EndpointAnswer }
	/**
	 * Same batch, same bytes, at `at` (or at once). `counts: false`: this attempt is not counted. `pause`: the destination takes nothing
	 * until somebody has changed something there; the export is paused, and nothing of the batch is put aside.
	 */
	| {
			readonly kind: 'retry';
			readonly at?: number;
			readonly counts?: false;
			readonly pause?: true;
			readonly error: CoreError;
			readonly answer?: EndpointAnswer;
	  }
	| { readonly kind: 'dead'; readonly error: CoreError; readonly answer?: EndpointAnswer }
	/**
	 * 0-based positions; the named rows become new batches that inherit the attempt, the rest is acked; one transaction. Held rows
	 * wait behind the retried ones, due when those are, and without having counted the attempt. Under order key those of a retried key
	 * wait as rows that a claim held, without a batch, and begin anew; one that comes before a retried row of its key is retried with it.
	 * `pause` as above.
	 */
	| {
			readonly kind: 'split';
			readonly pause?: true;
			readonly retry: readonly number[];
			readonly retryAt?: number;
			readonly hold?: readonly number[];
			readonly dead: readonly number[];
			readonly error: CoreError;
			readonly answer?: EndpointAnswer;
	  }
	/** Redeploy, shutdown: the lease ends, the batch is due now, the attempt is not counted. */
	| { readonly kind: 'release' };

/** An export as the store keeps it: its whole configuration, its retention and quota. */
export interface StoredExport extends ExportConfig {
	readonly retention?: {
		/** Age at which rows and open batches are put aside; default 7 days (S38). */
		readonly ageMs: number;
		readonly action: 'dead-letter' | 'block' | 'drop-oldest';
	};
	/** Bytes of all that is kept of the whole receiver: waiting rows, open batches, dead letters; default 100 MB (S43). */
	readonly quota?: { readonly bytes: number };
	/**
	 * Its rows are kept events: the oldest go beyond these bounds, without a word, purged by count. They are outside all quotas and make
	 * room for others: for `maxStoreBytes`, and on a disk that is nearly full. Bounds hold after each append and within a minute; in
	 * PostgreSQL within a minute.
	 */
	readonly kept?: KeepConfig;
}

/** An export as the store knows it. `state` is the live one. */
export interface KnownExport extends StoredExport {
	readonly mappingRevision: number;
	/** Removed with `drain` and not yet empty; it refuses new rows. */
	readonly isDraining: boolean;
}

/** True at every instant, and cheap (I10, I18). */
export interface Counters {
	readonly exportId: string;
	readonly state: ExportState;
	/** Waiting rows, not yet in a batch, also those that are held for their key. */
	readonly rows: number;
	readonly bytes: number;
	/** Of these what is held for its key: it becomes due by a settlement, whatever else comes. */
	readonly heldRows: number;
	readonly heldBytes: number;
	/** receivedAt of the oldest waiting row; undefined when none waits. */
	readonly oldestAt: number | undefined;
	readonly openBatches: number;
	readonly openRows: number;
	/** Of the open batches those that nobody delivers now: they wait for their next attempt (a failed one, a replayed one, one whose
	 * owner went away). The others are with the sink. */
	readonly retryingBatches: number;
	readonly retryingRows: number;
	/** receivedAt of the oldest first row of them, however long their next attempt is off; undefined when none waits. */
	readonly retryingOldestAt: number | undefined;
	/** When the next of them is due; one that is not in the future means as soon as it can be claimed. Undefined when none waits,
	 * and while all that do are behind a batch that is with the sink (orders strict and key). */
	readonly nextAttemptAt: number | undefined;
	/** The newest of all that is kept, of open batches and dead letters; it goes when its batch is acked, replayed or purged. Of the
	 * answer's text the first 500 characters. */
	readonly lastFailure: Failure | undefined;
	readonly deadBatches: number;
	readonly deadRows: number;
	/** Of their rows and of what endpoints answered; they count for the receiver's quota as waiting rows and open batches do (S43). */
	readonly deadBytes: number;
	/** Since the export exists: rows appended, acked, buried, dropped while disabled, and purged. */
	readonly acceptedTotal: number;
	readonly ackedTotal: number;
	readonly droppedTotal: number;
	/** Of those that were purged and dropped, what the state has cost since it is disabled; 0 while it is not. */
	readonly droppedSinceDisabled: number;
	readonly purgedTotal: number;
	/** Rows put aside, whatever became of them later. acceptedTotal = rows + openRows + deadRows + ackedTotal + purgedTotal. */
	readonly buriedTotal: number;
}

/** A batch put aside, kept whole with its last error. */
export interface DeadLetter {
	readonly batchId: string;
	readonly exportId: string;
	readonly mappingRevision: number;
	readonly output: Output;
	/** Of its mapping revision. */
	readonly columns?: readonly Column[];
	/** What its destination was given; a replay makes a new one. */
	readonly idempotencyKey: string;
	readonly count: number;
	readonly sizeBytes: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly attempts: number;
	readonly deadAt: number;
	/** Why; with all that is kept of the answer's text. */
	readonly error: Failure;
	rows(): AsyncIterable<StoredRow[]>;
}

export interface StoreStats {
	readonly kind: 'sqlite' | 'postgres' | 'memory';
	readonly storeId: string;
	readonly durable: boolean;
	/** Bytes on disk; 0 in memory. */
	readonly diskBytes: number;
	/** Free on the disk of the store, where it is this machine's. */
	readonly freeBytes?: number;
	/** Appends are refused when less is free. */
	readonly minFreeBytes?: number;
	readonly exports: number;
	/** Version of the engine, e.g. that of SQLite (S6). */
	readonly engine: string;
	/** Acknowledged rows that were missing when the store was opened (S52), over its whole life. */
	readonly missingRows: number;
	/** Rows moved to quarantine because their chunk was damaged (S50). */
	readonly quarantinedRows: number;
	/** Why appends are refused or rows may be missing, for a person; empty when all is well. Holds `ephemeral`, too. */
	readonly warnings: readonly string[];
	/**
	 * Why the store would vanish with its container or its machine, and what to do, for a person; absent where it stays. Nothing is
	 * wrong until then, so only this tells: hosts show it as a warning for as long as the store is in use.
	 */
	readonly ephemeral?: string;
}

export interface ClaimOptions {
	readonly owner: string;
	readonly leaseMs: number;
	/** Whatever the conditions say. */
	readonly flush?: boolean;
	/**
	 * Live rows alone: a new batch is made of the newest rows that came within so many milliseconds, in their order, as if nothing else
	 * waited: conditions count them alone, and a batch that is due does not go before it. Where the oldest row that no claim has come to is
	 * live itself the oldest go first, as ever. ERR_CONFIG_INVALID with orders strict and key, and with `id` columns (row ids are given in
	 * the order of claims).
	 */
	readonly liveMs?: number | undefined;
	/** For what carries rows elsewhere: whatever the export's state and `maxInFlight` say; under order strict one after the other still. */
	readonly regardless?: boolean;
}

/** The processes that share a store. */
export interface Peers {
	/** Names this opening of the store among them; no other one ever has the name. */
	readonly self: string;
	/** All whose session with the server stands: that of a process that was killed ends with it. */
	living(): Promise<ReadonlySet<string>>;
}

/** Which of the rows that wait: of these places, and that came in this time. */
export interface WaitingRange {
	/** Behind the place `end` of a former page. */
	readonly after?: string | undefined;
	/** Up to and with such a place. */
	readonly until?: string | undefined;
	/** receivedAt, milliseconds since the Unix epoch: from, and before. */
	readonly from?: number | undefined;
	readonly to?: number | undefined;
}

export interface WaitingPage {
	/** In the order in which they were appended. There may be none although there are more pages. */
	readonly rows: readonly StoredRow[];
	/** How many more cannot be read (S50), whenever they came. */
	readonly damaged: number;
	/** Behind all that was looked at; opaque, and true as long as the export is. */
	readonly end: string;
	/** Nothing was behind it then. */
	readonly isLast: boolean;
}

export interface LetterRange {
	readonly batchId?: string;
	readonly exportId?: string;
	readonly limit?: number;
	readonly offset?: number;
}

/** One dead letter, or those of an export since an instant. */
export type ReplayChoice =
	{ readonly batchId: string } | { readonly exportId: string; readonly since?: number };

export interface StateSet {
	/** The state before. */
	readonly was: ExportState;
	/** Rows that were removed. */
	readonly dropped: number;
}

/** One dead letter, or what of an export. */
export type PurgeChoice =
	| { readonly batchId: string }
	| { readonly exportId: string; readonly what: 'waiting' | 'dead' | 'all' };

export interface Store {
	readonly id: string;
	readonly kind: StoreStats['kind'];
	/** Real path of the embedded store's. */
	readonly directory?: string | undefined;
	/** What is asked is done in the order in which it was asked: a claim finds what was settled just before, without waiting for that. */
	readonly isInOrder?: true;
	/** Small durable state that is no row. */
	readonly documents: Documents;
	/** Creates or replaces; the revision rises when filter, columns or output change and is kept while rows use it. Waiting rows of a former
	 * one are due at once then, whatever the conditions say (K48). */
	putExport(e: StoredExport): Promise<{ mappingRevision: number }>;
	getExport(exportId: string): Promise<KnownExport | undefined>;
	listExports(): Promise<KnownExport[]>;
	/**
	 * The id that the next row will get. Raised to `atLeast` first: rows that come from another store go on behind the ids they had there,
	 * which their destination may know.
	 */
	nextRowId(exportId: string, atLeast?: number): Promise<number>;
	/**
	 * Survives redeploy. Disabling removes what waits and what is open in the same transaction, counted as purged; leases of it are stale
	 * then (D53). Dead letters stay.
	 *
	 * @param o.from only where this is its state: nothing happens else
	 */
	setState(
		exportId: string,
		state: ExportState,
		o?: { readonly from?: ExportState },
	): Promise<StateSet>;
	/** drain: keeps what it has until it is delivered and refuses new rows; drop: removes everything, counted. */
	removeExport(exportId: string, how: 'drain' | 'drop'): Promise<void>;
	/**
	 * All events or none, each with all its rows (I2); resolves once they are on disk (I1). Events are taken in their order, as if each
	 * came alone: those before it count for a quota, and of those that repeat a key the first counts.
	 *
	 * @throws also ERR_REQUEST_TOO_LARGE: more than MAX_APPEND_EVENTS, or several events with more bytes than one transaction takes
	 */
	append(request: AppendRequest): Promise<AppendAnswer>;
	/** A due batch again, else a new one when a condition is met or `flush` is set (S27); undefined when there is none, the export
	 * is not ACTIVE, `maxInFlight` leases are out, (order strict) another batch of it is still open, or (order key) all that waits is
	 * behind what is open. */
	claim(exportId: string, o: ClaimOptions): Promise<Batch | undefined>;
	/** Extends by the lease's own length; a lease that has ended stays ended. */
	renew(lease: Lease): Promise<Lease>;
	/** Also after the lease's end, as long as nobody claimed the batch again. */
	settle(lease: Lease, outcome: Outcome): Promise<void>;
	/** Of these exports the next instant at which `claim` may give something: a time condition, a retry, a lease that ends. One that
	 * is not in the future means now. Absent where only an append, a state or a settlement can change that, and where the export is
	 * not known. */
	nextDue(exportIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
	counters(): Promise<Counters[]>;
	/**
	 * The keys of a receiver that are known now, for what carries them elsewhere: by key, at most so many (default 100, at most 1,000).
	 * PostgreSQL has only the digest of a long one (over 1,000 bytes): those are left out.
	 */
	knownKeys(receiverId: string, o?: KeyRange): Promise<KnownKeys>;
	/** The latest events of a receiver (S40), page by page. */
	latest(receiverId: string, o?: LatestRange): Promise<LatestPage>;
	/** When the latest events of these keys happened, at most 10,000 of them; of what is not kept, nothing. */
	latestTimes(receiverId: string, keys: readonly string[]): Promise<ReadonlyMap<string, number>>;
	/** Of a receiver that is gone for good. @returns how many there were */
	forgetLatest(receiverId: string): Promise<number>;
	/** The oldest waiting rows, in their order, but that those which were replayed and are held may be first; default 100, at most 1,000. */
	peek(exportId: string, o?: { readonly limit?: number }): Promise<StoredRow[]>;
	/**
	 * Page by page the rows that wait and that no claim has come to; they stay as they are. A page is about 1 MB and bounded in what it
	 * looks at, so that nobody waits for it.
	 */
	readWaiting(exportId: string, o?: WaitingRange): Promise<WaitingPage>;
	/** Oldest first, or one of them; default 100, at most 1,000. */
	deadLetters(o?: LetterRange): Promise<DeadLetter[]>;
	/**
	 * One dead letter, or those of an export since an instant: new batches, due now, with the same rows and new keys (S37). Under order
	 * key rows whose key is busy are held instead, before later rows of it that are held.
	 *
	 * @returns how many letters and rows
	 */
	replay(choice: ReplayChoice): Promise<{ batches: number; rows: number }>;
	/** Makes batches that wait for their next attempt due now. */
	retryNow(exportId: string): Promise<number>;
	/** Removes waiting rows (held ones, too) and open batches, dead letters, or one dead letter; counted. */
	purge(choice: PurgeChoice): Promise<{ rows: number }>;
	/**
	 * Makes a verified copy of all that the store has, as a store in a directory of its own, while the store goes on.
	 *
	 * @param directory absolute path of one that is not there, or is empty, in one that is there
	 * @throws ConfigError where there may be none; also from a store that is not embedded, which says how it is done there
	 * @throws BufferError ERR_BACKUP_FAILED; nothing is left then
	 */
	backup(directory: string): Promise<Backup>;
	stats(): Promise<StoreStats>;
	/**
	 * Only where several processes share the store: the listener is called when another one may have made something due, and from
	 * time to time. Gives the way to stop that.
	 */
	watch?(listener: () => void): () => void;
	/** Only where several processes share the store. */
	readonly peers?: Peers;
	/** Ends this handle; the last one closes the store. Idempotent. */
	close(): Promise<void>;
}
