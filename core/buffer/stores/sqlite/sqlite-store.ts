import type { ExportState } from '../../../config';
import type { Cancel, Clock } from '../../../runtime/clock';
import type {
	AppendAnswer,
	AppendRequest,
	Batch,
	ClaimOptions,
	DeadLetter,
	KeyRange,
	KnownKeys,
	Lease,
	LetterRange,
	Outcome,
	Payloads,
	PurgeChoice,
	ReplayChoice,
	Store,
	StoredExport,
	StoredRow,
	WaitingPage,
	WaitingRange,
} from '../../store';
import { checkAppend, exportIdsOf } from '../append-request';
import { pageLimit, SWEEP_EVERY_MS } from '../defaults';
import { batchNumber, readLetterRange } from '../letter-range';
import type { Documents } from '../../documents';
import type { LatestRange } from '../../latest';
import { latestDamaged, readRange, toPage } from '../latest-codec';
import { KeptDocuments } from '../kept-documents';
import { toKnown } from '../known-keys';
import type { CoreError } from '../../../errors';
import type { PlainError } from '../kept-failure';
import type { ClaimedBatch, PlainDeadLetter, PlainOutcome, PlainSlice } from './protocol';
import { decodeRow, findRows, payloadsOf, type RowPlaces } from '../row-codec';
import { readPlace, timeRangeOf } from '../waiting-range';
import { backupFailed } from './backup/backup-failed';
import { backupStore } from './backup/backup-store';
import type { WorkerClient } from './worker-client';

/** The embedded store (S1), seen from the main thread: translates, and lets the worker decide. */
export class SqliteStore implements Store {
	readonly kind = 'sqlite';
	readonly isInOrder = true;
	readonly directory: string;
	readonly documents: Documents;
	readonly #client: WorkerClient;
	readonly #clock: Clock;
	#cancelSweep: Cancel;
	#isBackingUp = false;

	constructor(client: WorkerClient, { directory, clock }: { directory: string; clock: Clock }) {
		this.directory = directory;
		this.#client = client;
		this.#clock = clock;
		this.documents = new KeptDocuments({
			collections: () => client.call('listCollections', undefined),
			get: (place) => client.call('getDocument', place),
			list: (o) => client.call('listDocuments', o),
			put: (o) => client.call('putDocument', o),
			remove: (o) => client.call('removeDocument', o),
		});
		this.#cancelSweep = this.#planSweep();
	}

	get id(): string {
		return this.#client.storeId;
	}

	putExport(e: StoredExport) {
		// It is kept as JSON; a host may hand over more than that can say, or than can be cloned between threads.
		return this.#client.call('putExport', JSON.parse(JSON.stringify(e)) as StoredExport);
	}

	getExport(exportId: string) {
		return this.#client.call('getExport', exportId);
	}

	listExports() {
		return this.#client.call('listExports', undefined);
	}

	nextRowId(exportId: string, atLeast = 1) {
		return this.#client.call('nextRowId', { exportId, atLeast });
	}

	setState(exportId: string, state: ExportState, o: { readonly from?: ExportState } = {}) {
		return this.#client.call('setState', { exportId, state, from: o.from });
	}

	removeExport(exportId: string, how: 'drain' | 'drop') {
		return this.#client.call('removeExport', { exportId, how });
	}

	append(request: AppendRequest) {
		return new Promise<AppendAnswer>((resolve, reject) => {
			checkAppend(request);
			const answer = (known?: readonly (readonly number[])[]) => {
				const counters = this.#client.countersOf(exportIdsOf(request));
				resolve({ ...toKnown(request.events.length, known), counters });
			};
			this.#client.append(request, answer, reject);
		});
	}

	async claim(exportId: string, o: ClaimOptions) {
		const { owner, leaseMs, flush = false, liveMs, regardless = false } = o;
		const args = { exportId, owner, leaseMs, flush, liveMs, regardless };
		const batch = await this.#client.call('claim', args);
		return batch === undefined ? undefined : this.#show(batch);
	}

	renew({ batchId, token, until }: Lease) {
		return this.#client.call('renew', { batchId, token, until });
	}

	settle({ batchId, token, until }: Lease, outcome: Outcome) {
		const lease = { batchId, token, until };
		return this.#client.call('settle', { lease, outcome: toPlainOutcome(outcome) });
	}

	nextDue(exportIds: readonly string[]) {
		return this.#client.call('nextDue', exportIds);
	}

	counters() {
		return this.#client.call('counters', undefined);
	}

	async knownKeys(receiverId: string, { after = '', limit }: KeyRange = {}): Promise<KnownKeys> {
		const page = { receiverId, after, limit: pageLimit(limit) };
		const keys = await this.#client.call('knownKeys', page);
		return { keys, next: keys.length < page.limit ? undefined : keys.at(-1)?.key };
	}

	async latest(receiverId: string, o?: LatestRange) {
		const range = readRange(o);
		const found = await this.#client.call('latest', { receiverId, ...range });
		return toPage(receiverId, found, range.limit, (key) =>
			this.#client.warn(latestDamaged(receiverId, key)),
		);
	}

	latestTimes(receiverId: string, keys: readonly string[]) {
		return this.#client.call('latestTimes', { receiverId, keys });
	}

	forgetLatest(receiverId: string) {
		return this.#client.call('forgetLatest', receiverId);
	}

	async peek(exportId: string, o: { readonly limit?: number } = {}) {
		const args = { exportId, limit: pageLimit(o.limit) };
		return (await this.#client.call('peek', args)).flatMap(toRows);
	}

	async readWaiting(exportId: string, o: WaitingRange = {}): Promise<WaitingPage> {
		const { slices, damaged, end, isLast } = await this.#client.call('readWaiting', {
			exportId,
			after: readPlace(o.after, 'after')?.[0] ?? 0,
			until: readPlace(o.until, 'until')?.[0],
			time: timeRangeOf(o),
		});
		return { rows: slices.flatMap(toRows), damaged, end: String(end), isLast };
	}

	async deadLetters(o: LetterRange = {}) {
		const letters = await this.#client.call('deadLetters', readLetterRange(o));
		return letters.map((letter) => this.#showDead(letter));
	}

	replay(o: ReplayChoice) {
		const args =
			'batchId' in o ? { batch: batchNumber(o.batchId) } : { exportId: o.exportId, since: o.since };
		return this.#client.call('replay', args);
	}

	retryNow(exportId: string) {
		return this.#client.call('retryNow', exportId);
	}

	purge(o: PurgeChoice) {
		return this.#client.call('purge', 'batchId' in o ? { batch: batchNumber(o.batchId) } : o);
	}

	/** One at a time: each slows the appends down. */
	async backup(directory: string) {
		if (this.#isBackingUp) throw backupFailed('another one of this store is being made');
		this.#isBackingUp = true;
		try {
			const { directory: store } = this.#client;
			return await backupStore(this.#client, { directory, store, clock: this.#clock });
		} finally {
			this.#isBackingUp = false;
		}
	}

	stats() {
		return this.#client.call('stats', undefined);
	}

	async close() {
		this.#cancelSweep();
		await this.#client.close();
	}

	#planSweep(): Cancel {
		return this.#clock.after(SWEEP_EVERY_MS, () => {
			this.#cancelSweep = this.#planSweep();
			// What goes wrong in the store was reported by it; the next sweep tries again.
			this.#client.call('sweep', undefined).catch(() => {});
		});
	}

	#show({ number, first, ...batch }: ClaimedBatch): Batch {
		let unread = first;
		const takeFirst = (): PlainSlice | undefined => {
			const slice = unread;
			unread = undefined;
			return slice;
		};
		return {
			...batch,
			id: String(number),
			rows: () => this.#read(number, takeFirst()),
			payloads: () => this.#readPayloads(number, takeFirst()),
		};
	}

	#showDead({ number, ...letter }: PlainDeadLetter): DeadLetter {
		return { ...letter, batchId: String(number), rows: () => this.#read(number) };
	}

	async *#read(batch: number, first?: PlainSlice): AsyncGenerator<StoredRow[]> {
		for await (const slice of this.#slices(batch, first)) yield toRows(slice);
	}

	async *#readPayloads(batch: number, first?: PlainSlice): AsyncGenerator<Payloads> {
		for await (const slice of this.#slices(batch, first)) {
			const found = placesOf(slice);
			if (found !== undefined) yield payloadsOf(found);
		}
	}

	/** @param first where it is here already */
	async *#slices(batch: number, first?: PlainSlice): AsyncGenerator<PlainSlice> {
		let position = 0;
		let next = first;
		for (;;) {
			const slice = next ?? (await this.#client.call('readSlice', { batch, position }));
			next = undefined;
			position += slice.rowIds.length;
			if (slice.rowIds.length > 0) yield slice;
			if (slice.isLast) return;
		}
	}
}

function toRows(slice: PlainSlice): StoredRow[] {
	const { rowIds, exportId, mappingRevision } = slice;
	const found = placesOf(slice);
	if (found === undefined) return [];
	const { body, offsets } = found;
	return rowIds.map((rowId, index) =>
		decodeRow(body, { exportId, mappingRevision, rowId }, offsets[index], offsets[index + 1]),
	);
}

function placesOf({ bytes, rowIds }: PlainSlice): RowPlaces | undefined {
	return findRows(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), rowIds.length);
}

/** Errors are not cloned between threads; of a failed attempt only this much is kept anyway. */
function toPlainOutcome(outcome: Outcome): PlainOutcome {
	switch (outcome.kind) {
		case 'ack':
		case 'release':
			return { kind: outcome.kind };
		default:
			return { ...outcome, error: toPlainError(outcome.error) };
	}
}

function toPlainError({ code, message }: CoreError): PlainError {
	return { code, message };
}
