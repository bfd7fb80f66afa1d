import type { ExportState, Output } from '../../../config';
import type { Column } from '../../../mapping/column';
import type {
	Counters,
	DedupeKey,
	EndpointAnswer,
	Failure,
	KnownExport,
	Lease,
	StateSet,
	StoredExport,
	StoreStats,
} from '../../store';
import type { Backup } from '../../backup';
import type { CopiedFrom, FinishOptions } from './backup/copied-from';
import type { PlainError } from '../kept-failure';
import type { ReadLetters } from '../letter-range';
import type { KeptDocument } from '../document-seal';
import type { DocumentPlace } from '../kept-documents';
import type { KeptLatest } from '../latest-codec';
import type { AppendCall, PackedAppends } from './packed-appends';
import type { TimeReading } from '../store-time';
import type { Durability } from '../durability';
import type { TimeRange } from '../waiting-range';

/** What the main thread and the worker say to each other. Instants are wall time; the worker translates. */

export interface WorkerOptions {
	readonly directory: string;
	readonly limits: StoreLimits;
	readonly durability: Durability;
	readonly reading: TimeReading;
	/** Why the store would vanish with its container or machine (ephemeral-disk.ts); warned of at open. */
	readonly ephemeral?: string;
}

/** What a thread is started for that does no more than one thing. */
export type ThreadTask = FinishOptions & { readonly task: 'finishBackup' };
export type ThreadAnswer =
	{ readonly value: Omit<Backup, 'directory' | 'at'> } | { readonly thrown: ThrownError };

export interface StoreLimits {
	/** Rows of one group commit, 1 … 100,000; default 5,000 (S22). */
	readonly maxGroupRows: number;
	/** Bytes of one group commit, 1 KB … 256 MB; default 8 MB (S22). */
	readonly maxGroupBytes: number;
	/** Bytes on their way to the disk, 1 KB … 1 GB; default 64 MB. Beyond it appends fail with ERR_BUFFER_FULL. */
	readonly maxBytesInFlight: number;
	/**
	 * Free bytes below which appends are refused, 0 … 1 TB; default min(max(256 MB, 5 % of the disk), 2 GB, a quarter of the disk);
	 * 0 turns the guard off.
	 */
	readonly minFreeBytes: number | undefined;
	/** Room kept for claims and acks on a full disk, 0 … 1 GB; default min(32 MB, a 16th of the disk), 0 keeps none (S46). */
	readonly ballastBytes: number | undefined;
	/** Bytes of waiting rows and open batches of the whole store; default none (S43). */
	readonly maxStoreBytes: number | undefined;
}

export type PlainOutcome =
	| { readonly kind: 'ack' | 'release' }
	| ({ readonly kind: 'retry'; readonly at?: number; readonly counts?: false } & Failed)
	| ({ readonly kind: 'dead' } & Failed)
	| ({
			readonly kind: 'split';
			readonly retry: readonly number[];
			readonly retryAt?: number;
			readonly hold?: readonly number[];
			readonly dead: readonly number[];
	  } & Failed);

interface Failed {
	readonly error: PlainError;
	readonly answer?: EndpointAnswer;
}

export interface PlainBatch {
	readonly number: number;
	readonly idempotencyKey: string;
	readonly exportId: string;
	readonly mappingRevision: number;
	readonly output: Output;
	readonly columns?: readonly Column[];
	readonly count: number;
	readonly sizeBytes: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly reason: string;
	readonly attempt: number;
	readonly lease: Lease;
}

export interface ClaimedBatch extends PlainBatch {
	/** Its first rows: to ask for them would take as long as the group that runs by then. Absent where they could not be read. */
	readonly first?: PlainSlice;
}

export interface PlainDeadLetter {
	readonly number: number;
	readonly idempotencyKey: string;
	readonly exportId: string;
	readonly mappingRevision: number;
	readonly output: Output;
	readonly columns?: readonly Column[];
	readonly count: number;
	readonly sizeBytes: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly attempts: number;
	readonly deadAt: number;
	readonly error: Failure;
}

/** Encoded rows, one behind the other, of one export and mapping revision. */
export interface PlainSlice {
	readonly exportId: string;
	readonly mappingRevision: number;
	readonly bytes: Uint8Array;
	readonly rowIds: readonly number[];
	readonly isLast: boolean;
}

/** A page of rows that wait; `end` is the sequence number behind it. */
export interface PlainWaiting {
	readonly slices: readonly PlainSlice[];
	readonly damaged: number;
	readonly end: number;
	readonly isLast: boolean;
}

export type PurgeOf =
	| { readonly batch: number }
	| { readonly exportId: string; readonly what: 'waiting' | 'dead' | 'all' };

/** Operation → what it takes and gives. `append` has its own form. */
export interface Operations {
	putExport: [config: StoredExport, answer: { mappingRevision: number }];
	getExport: [exportId: string, answer: KnownExport | undefined];
	listExports: [nothing: undefined, answer: KnownExport[]];
	setState: [
		{ exportId: string; state: ExportState; from: ExportState | undefined },
		answer: StateSet,
	];
	removeExport: [{ exportId: string; how: 'drain' | 'drop' }, answer: undefined];
	claim: [
		{
			exportId: string;
			owner: string;
			leaseMs: number;
			flush: boolean;
			liveMs: number | undefined;
			regardless: boolean;
		},
		answer: ClaimedBatch | undefined,
	];
	renew: [Lease, answer: Lease];
	settle: [{ lease: Lease; outcome: PlainOutcome }, answer: undefined];
	nextDue: [exportIds: readonly string[], answer: Map<string, number>];
	counters: [nothing: undefined, answer: Counters[]];
	nextRowId: [{ exportId: string; atLeast: number }, answer: number];
	knownKeys: [{ receiverId: string; after: string; limit: number }, answer: DedupeKey[]];
	latest: [
		{ receiverId: string; after: string; limit: number },
		answer: (KeptLatest & { crc: number })[],
	];
	latestTimes: [
		{ receiverId: string; keys: readonly string[] },
		answer: ReadonlyMap<string, number>,
	];
	forgetLatest: [receiverId: string, answer: number];
	peek: [{ exportId: string; limit: number }, answer: PlainSlice[]];
	readWaiting: [
		{ exportId: string; after: number; until: number | undefined; time: TimeRange },
		answer: PlainWaiting,
	];
	deadLetters: [ReadLetters, answer: PlainDeadLetter[]];
	replay: [
		{ batch: number } | { exportId: string; since: number | undefined },
		answer: { batches: number; rows: number },
	];
	retryNow: [exportId: string, answer: number];
	purge: [PurgeOf, answer: { rows: number }];
	sweep: [nothing: undefined, answer: undefined];
	stats: [nothing: undefined, answer: StoreStats];
	listCollections: [nothing: undefined, answer: string[]];
	getDocument: [DocumentPlace, answer: KeptDocument | undefined];
	listDocuments: [{ collection: string; after: string; limit: number }, answer: KeptDocument[]];
	putDocument: [
		DocumentPlace & { body: Uint8Array; ifRevision: number | undefined },
		answer: number,
	];
	removeDocument: [DocumentPlace & { ifRevision: number | undefined }, answer: boolean];
	readSlice: [{ batch: number; position: number }, answer: PlainSlice];
	copyDatabase: [path: string, answer: CopiedFrom];
	close: [nothing: undefined, answer: undefined];
}

export type Operation = keyof Operations;

export type OperationCall = {
	[Name in Operation]: {
		readonly op: Name;
		readonly id: number;
		readonly args: Operations[Name][0];
	};
}[Operation];

export type Call = AppendCall | OperationCall;

export interface RequestMessage {
	readonly reading: TimeReading;
	/** In the order they were made; a number stands for so many of the packed appends. */
	readonly calls: readonly (OperationCall | number)[];
	readonly appends: PackedAppends;
}

/** An error on its way between threads. */
export interface ThrownError extends PlainError {
	readonly kind: 'core' | 'type';
	readonly retryAfterMs?: number;
	readonly details?: Readonly<Record<string, unknown>>;
}

export type Answer =
	| { readonly id: number; readonly value: unknown }
	| { readonly id: number; readonly thrown: ThrownError };

export interface Answers {
	readonly answers: readonly Answer[];
	/** Ids of the appends of which no event was known before: an answer for each, packed. */
	readonly stored: Float64Array;
	/** Of the exports that the group appended to, as of its commit. */
	readonly counters: readonly Counters[];
}

export type WorkerMessage =
	| { readonly kind: 'opened'; readonly storeId: string }
	| { readonly kind: 'failed'; readonly thrown: ThrownError }
	| ({ readonly kind: 'answers' } & Answers)
	| { readonly kind: 'warning'; readonly message: string };
