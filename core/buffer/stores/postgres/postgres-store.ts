import type { ExportState } from '../../../config';
import { ConfigError } from '../../../errors';
import type { Backup } from '../../backup';
import type { Clock } from '../../../runtime/clock';
import type {
	AppendRequest,
	ClaimOptions,
	Counters,
	KeyRange,
	KnownKeys,
	Lease,
	LetterRange,
	Outcome,
	Peers,
	PurgeChoice,
	ReplayChoice,
	Store,
	StoredExport,
	StoreStats,
	WaitingRange,
} from '../../store';
import { checkAppend } from '../append-request';
import { batchNumber, readLetterRange } from '../letter-range';
import type { Documents } from '../../documents';
import type { LatestRange } from '../../latest';
import { latestDamaged, readRange, toPage } from '../latest-codec';
import { KeptDocuments } from '../kept-documents';
import { type ClockJump, describeJump } from '../store-time';
import { pageLimit } from '../defaults';
import { AppendRunner } from './append-runner';
import type { BatchRecord } from './batches';
import type { PostgresLimits } from './check-options';
import { claim, nextDue } from './claim';
import { addDeltas } from './counters';
import { listKeys } from './dedupe';
import { deadSince, listDead, purgeOne, replayOne, replaySome, retryNow } from './dead-letters';
import { keepInPostgres } from './documents';
import type { Engine, Transaction } from './engine';
import {
	findExport,
	liveExports,
	nextRowId,
	putExport,
	seekExport,
	toKnownExport,
	useExports,
} from './exports';
import type { Hints } from './hints';
import { listLatest, removeLatest, timesOfLatest } from './latest';
import { type Connections, type Line, SLOT_OF } from './lines';
import { purgeSome, removeExport } from './purge';
import { quarantineChunk } from './quarantine';
import { peekRows, readBatch } from './read-rows';
import { readWaiting } from './read-waiting';
import { renew, settle } from './settle';
import { showBatch, showDead } from './show-batch';
import { showCounters } from './show-counters';
import { readClock } from './read-clock';
import { readStats } from './read-stats';
import { setState } from './set-state';
import { Sweeper } from './sweeper';

/** Dead letters that one transaction replays. */
const REPLAYED_AT_ONCE = 500;

export interface PostgresStoreParts {
	readonly engine: Engine;
	readonly connections: Connections;
	/** The first of its slots. */
	readonly slot: number;
	readonly limits: PostgresLimits;
	readonly hints: Hints;
	readonly clock: Clock;
	readonly server: { readonly engine: string; readonly isDurable: boolean };
	readonly warnings: readonly string[];
	readonly peers: Peers;
}

/** The store that several processes and hosts share (S2). Each call is a transaction of its own, appends in groups. */
export class PostgresStore implements Store {
	readonly kind = 'postgres';
	readonly id: string;
	readonly documents: Documents;
	readonly peers: Peers;
	readonly #parts: PostgresStoreParts;
	readonly #schema: string;
	readonly #appends: AppendRunner;
	readonly #sweeper: Sweeper;
	/** What waited of each export after the last append here. */
	readonly #told = new Map<
		string,
		{ readonly oldestAt: number | undefined; readonly rows: number }
	>();
	#jump: string[] = [];
	#isClosing = false;

	constructor(parts: PostgresStoreParts, schema: string) {
		this.#parts = parts;
		this.#schema = schema;
		this.id = parts.engine.storeId;
		this.peers = parts.peers;
		this.documents = new KeptDocuments(keepInPostgres(parts.connections.admin));
		this.#appends = new AppendRunner(parts.engine, parts.limits, (work) =>
			this.#transact('append', work),
		);
		this.#sweeper = new Sweeper(
			parts.engine,
			parts.clock,
			(work) => this.#manage(work),
			parts.limits.maxStoreBytes,
		);
	}

	putExport(e: StoredExport) {
		// A host may hand over more than JSON can say.
		const plain = JSON.parse(JSON.stringify(e)) as StoredExport;
		return this.#change(({ query }) => putExport(this.#engine, query, plain));
	}

	getExport(exportId: string) {
		return this.#manage(async ({ query }) => {
			const e = await seekExport(this.#engine, query, exportId);
			return e === undefined || e.isRemoved ? undefined : toKnownExport(e);
		});
	}

	listExports() {
		return this.#manage(async ({ query }) =>
			(await liveExports(this.#engine, query)).map(toKnownExport),
		);
	}

	nextRowId(exportId: string, atLeast = 1) {
		return this.#manage(({ query }) => nextRowId(this.#engine, query, exportId, atLeast));
	}

	setState(exportId: string, state: ExportState, o: { readonly from?: ExportState } = {}) {
		const args = { exportId, state, from: o.from };
		return this.#change((tx) => setState(this.#engine, tx, args));
	}

	async removeExport(exportId: string, how: 'drain' | 'drop') {
		if (how === 'drop') await this.purge({ exportId, what: 'all' });
		await this.#change((tx) => removeExport(this.#engine, tx, exportId, how));
	}

	async append(request: AppendRequest) {
		checkAppend(request);
		const answer = await this.#appends.append(request);
		if (answer.counters.some((counters) => this.#isNews(counters))) this.#parts.hints.notify();
		return answer;
	}

	async claim(exportId: string, o: ClaimOptions) {
		const { owner, leaseMs, flush = false, liveMs, regardless = false } = o;
		const args = { exportId, owner, leaseMs, flush, liveMs, regardless };
		const claimed = await this.#work((tx) => claim(this.#engine, tx, args));
		return claimed && showBatch(this.#engine, claimed, () => this.#read(claimed));
	}

	renew(lease: Lease) {
		return this.#work((tx) => renew(this.#engine, tx, lease));
	}

	async settle(lease: Lease, outcome: Outcome) {
		const { mayFree } = await this.#work((tx) => settle(this.#engine, tx, lease, outcome));
		if (mayFree) this.#parts.hints.notify();
	}

	async nextDue(exportIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
		if (exportIds.length === 0) return new Map();
		return this.#work(({ query }) => nextDue(this.#engine, query, exportIds));
	}

	counters() {
		return this.#manage(async ({ query }) =>
			showCounters(this.#engine, query, await liveExports(this.#engine, query)),
		);
	}

	async knownKeys(receiverId: string, { after = '', limit }: KeyRange = {}): Promise<KnownKeys> {
		const page = { receiverId, after, limit: pageLimit(limit) };
		const keys = await this.#manage(({ query }) =>
			listKeys(query, this.#engine.clock.livedAt, page),
		);
		return { keys, next: keys.length < page.limit ? undefined : keys.at(-1)?.key };
	}

	async latest(receiverId: string, o?: LatestRange) {
		const range = readRange(o);
		const { query } = this.#parts.connections.read;
		const found = await listLatest(query, { receiverId, ...range });
		return toPage(receiverId, found, range.limit, (key) =>
			this.#engine.warn(latestDamaged(receiverId, key)),
		);
	}

	latestTimes(receiverId: string, keys: readonly string[]) {
		return timesOfLatest(this.#parts.connections.read.query, receiverId, keys);
	}

	forgetLatest(receiverId: string) {
		return this.#manage(({ query }) => removeLatest(query, receiverId));
	}

	peek(exportId: string, o: { readonly limit?: number } = {}) {
		return this.#manage(async ({ query }) =>
			peekRows(query, await findExport(this.#engine, query, exportId), pageLimit(o.limit)),
		);
	}

	readWaiting(exportId: string, o?: WaitingRange) {
		return this.#manage(async ({ query }) =>
			readWaiting(query, await findExport(this.#engine, query, exportId), o),
		);
	}

	async deadLetters(o: LetterRange = {}) {
		const args = readLetterRange(o);
		const letters = await this.#manage(({ query }) => listDead(this.#engine, query, args));
		return letters.map((letter) => showDead(this.#engine, letter, () => this.#read(letter)));
	}

	async replay(o: ReplayChoice) {
		if ('batchId' in o) {
			return this.#change((tx) => replayOne(this.#engine, tx, batchNumber(o.batchId)));
		}
		const { exportId, since } = o;
		const numbers = await this.#manage((tx) => deadSince(this.#engine, tx, { exportId, since }));
		const replayed = { batches: 0, rows: 0 };
		for (let from = 0; from < numbers.length; from += REPLAYED_AT_ONCE) {
			const some = numbers.slice(from, from + REPLAYED_AT_ONCE);
			const { batches, rows } = await this.#change((tx) =>
				replaySome(this.#engine, tx, exportId, some),
			);
			replayed.batches += batches;
			replayed.rows += rows;
		}
		return replayed;
	}

	retryNow(exportId: string) {
		return this.#change((tx) => retryNow(this.#engine, tx, exportId));
	}

	async purge(o: PurgeChoice) {
		if ('batchId' in o)
			return this.#manage((tx) => purgeOne(this.#engine, tx, batchNumber(o.batchId)));
		for (let rows = 0; ;) {
			const slice = await this.#manage((tx) => purgeSome(this.#engine, tx, o.exportId, o.what));
			rows += slice.rows;
			if (slice.isLast) return { rows };
		}
	}

	async backup(): Promise<Backup> {
		throw new ConfigError(
			'store',
			`an embedded one: of a PostgreSQL store pg_dump makes the backup, with --schema=${this.#schema}`,
		);
	}

	stats(): Promise<StoreStats> {
		const { server, warnings } = this.#parts;
		return this.#manage(async ({ query }) => ({
			kind: this.kind,
			storeId: this.id,
			durable: server.isDurable,
			engine: server.engine,
			missingRows: 0,
			...(await readStats(this.#engine, query, this.#schema, [...warnings, ...this.#jump])),
		}));
	}

	/** The last one stays in the warnings. */
	tellJump(jump: ClockJump): void {
		this.#jump = [describeJump(jump)];
		for (const message of this.#jump) this.#engine.warn(message);
	}

	watch(listener: () => void): () => void {
		return this.#parts.hints.watch(listener);
	}

	async close() {
		if (this.#isClosing) return;
		this.#isClosing = true;
		this.#sweeper.close();
		this.#parts.hints.close();
		await Promise.all(Object.values(this.#parts.connections).map((line) => line.close()));
	}

	get #engine(): Engine {
		return this.#parts.engine;
	}

	#work<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		return this.#transact('work', work);
	}

	#manage<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		return this.#transact('admin', work);
	}

	/** What may make something due that another process flushes. */
	async #change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		const value = await this.#manage(work);
		this.#parts.hints.notify();
		return value;
	}

	/** A transaction that begins with a look at the server's clock and ends with the counters. */
	#transact<T>(line: Line, work: (tx: Transaction) => Promise<T>): Promise<T> {
		const { connections, slot } = this.#parts;
		return connections[line].transaction(async (query) => {
			for (const jump of await readClock(this.#engine, query)) this.tellJump(jump);
			const tx: Transaction = { query, deltas: new Map() };
			const value = await work(tx);
			await addDeltas(tx, slot + SLOT_OF[line]);
			return value;
		});
	}

	/** Others need to know of rows that begin to wait (for their timers) and of thresholds, not of every append. */
	#isNews({ exportId, oldestAt, heldRows, heldBytes, ...waiting }: Counters): boolean {
		const { kept, conditions } = this.#engine.known.get(exportId)?.config ?? {};
		// Nobody delivers what is kept.
		if (kept) return false;
		const { count, sizeBytes } = conditions ?? {};
		const rows = waiting.rows - heldRows;
		const told = this.#told.get(exportId);
		this.#told.set(exportId, { oldestAt, rows });
		// Behind what is held for its key others begin to wait, and the oldest stays the same.
		const isTaken = heldRows > 0 && told !== undefined && rows <= told.rows;
		const isNew = told?.oldestAt !== oldestAt || isTaken;
		return isNew || rows >= (count ?? 0) || waiting.bytes - heldBytes >= (sizeBytes ?? 0);
	}

	#read(batch: Pick<BatchRecord, 'number' | 'mappingRevision'> & { exportId: string }) {
		return readBatch(this.#parts.connections.read.query, batch, async ({ chunk, body }) => {
			await this.#manage(async (tx) => {
				await useExports(this.#engine, tx.query, [batch.exportId]);
				const e = await findExport(this.#engine, tx.query, batch.exportId);
				await quarantineChunk(this.#engine, tx, e, chunk, body);
			});
		});
	}
}
