import type { ExportState } from '../../../config';
import type { Cancel, Clock } from '../../../runtime/clock';
import type {
	Batch,
	Counters,
	DeadLetter,
	Lease,
	Outcome,
	Store,
	StoredExport,
	StoreStats,
} from '../../store';
import { type AppendRequest, checkAppend } from '../append-request';
import { pageLimit, SWEEP_EVERY_MS } from '../defaults';
import { newTally, toCounters } from '../tally';
import { AppendRunner } from './append-runner';
import type { BatchRecord } from './batches';
import type { PostgresLimits } from './check-options';
import { claim, type Claimed, nextDueAt } from './claim';
import type { Connection } from './connection';
import { addDeltas, sumCounters } from './counters';
import { listDead, purge, replay, retryNow } from './dead-letters';
import type { Engine, Transaction } from './engine';
import { findExport, liveExports, putExport, setState, toKnownExport } from './exports';
import type { Hints } from './hints';
import { readLatest } from './latest';
import { beginSweep, removeExport, sweepExport } from './purge';
import { quarantineChunk } from './quarantine';
import { peekRows, readBatch } from './read-rows';
import { renew, settle } from './settle';
import { SERVER_NOW } from './store-clock';

/** The connections of one handle: appends do not wait for claims, nor either for somebody who reads a large batch. */
export interface Connections {
	readonly append: Connection;
	readonly work: Connection;
	readonly read: Connection;
}

export interface PostgresStoreParts {
	readonly engine: Engine;
	readonly connections: Connections;
	readonly limits: PostgresLimits;
	readonly hints: Hints;
	readonly clock: Clock;
	readonly server: { readonly engine: string; readonly isDurable: boolean };
	readonly warnings: readonly string[];
}

const OLDEST = `
SELECT e AS export, w.at FROM unnest($1::int[]) AS e CROSS JOIN LATERAL
	(SELECT at FROM @chunk WHERE export = e AND batch IS NULL ORDER BY seq, sub LIMIT 1) AS w`;

export const SIZE = `
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`;

/** The store that several processes and hosts share (S2). Each call is a transaction of its own, appends in groups. */
export class PostgresStore implements Store {
	readonly kind = 'postgres';
	readonly id: string;
	readonly #parts: PostgresStoreParts;
	readonly #schema: string;
	readonly #appends: AppendRunner;
	#cancelSweep: Cancel;
	/** oldestAt of each export when others were last told. */
	readonly #told = new Map<string, number | undefined>();
	#isClosing = false;

	constructor(parts: PostgresStoreParts, schema: string) {
		this.#parts = parts;
		this.#schema = schema;
		this.id = parts.engine.storeId;
		this.#appends = new AppendRunner(parts.engine, parts.limits, (work) =>
			this.#transact(parts.connections.append, work),
		);
		this.#cancelSweep = this.#planSweep();
	}

	putExport(e: StoredExport) {
		// A host may hand over more than JSON can say.
		const plain = JSON.parse(JSON.stringify(e)) as StoredExport;
		return this.#change(({ query }) => putExport(this.#engine, query, plain));
	}

	getExport(exportId: string) {
		return this.#work(async ({ query }) => {
			const known = await liveExports(this.#engine, query);
			return known.filter((e) => e.exportId === exportId).map(toKnownExport)[0];
		});
	}

	listExports() {
		return this.#work(async ({ query }) =>
			(await liveExports(this.#engine, query)).map(toKnownExport),
		);
	}

	setState(exportId: string, state: ExportState) {
		return this.#change(({ query }) => setState(this.#engine, query, exportId, state));
	}

	removeExport(exportId: string, how: 'drain' | 'drop') {
		return this.#change((tx) => removeExport(this.#engine, tx, exportId, how));
	}

	async append(request: AppendRequest) {
		checkAppend(request);
		const answer = await this.#appends.append(request);
		if (answer.counters.some((counters) => this.#isNews(counters))) this.#parts.hints.notify();
		return answer;
	}

	async claim(
		exportId: string,
		o: { readonly owner: string; readonly leaseMs: number; readonly flush?: boolean },
	) {
		const { owner, leaseMs, flush = false } = o;
		const claimed = await this.#work((tx) =>
			claim(this.#engine, tx, { exportId, owner, leaseMs, flush }),
		);
		return claimed === undefined ? undefined : this.#show(claimed);
	}

	renew(lease: Lease) {
		return this.#work((tx) => renew(this.#engine, tx, lease));
	}

	settle(lease: Lease, outcome: Outcome) {
		return this.#work((tx) => settle(this.#engine, tx, lease, outcome));
	}

	nextDueAt() {
		return this.#work(({ query }) => nextDueAt(this.#engine, query));
	}

	counters() {
		return this.#work(async ({ query }) => {
			const exports = await liveExports(this.#engine, query);
			const ids = exports.map(({ id }) => id);
			const sums = await sumCounters(query, ids);
			const rows = await query<{ export: number; at: number }>(OLDEST, [ids]);
			const oldest = new Map(rows.map((row) => [row.export, row.at]));
			return exports.map(({ exportId, state, id }) =>
				toCounters(exportId, state, oldest.get(id), sums.get(id) ?? newTally()),
			);
		});
	}

	latest(exportId: string) {
		return this.#work(async ({ query }) => {
			const e = await findExport(this.#engine, query, exportId);
			return readLatest(query, e, (message) => this.#engine.warn(message));
		});
	}

	peek(exportId: string, o: { readonly limit?: number } = {}) {
		return this.#work(async ({ query }) =>
			peekRows(query, await findExport(this.#engine, query, exportId), pageLimit(o.limit)),
		);
	}

	async deadLetters(
		o: { readonly exportId?: string; readonly limit?: number; readonly offset?: number } = {},
	) {
		const offset = Math.max(0, Math.floor(o.offset ?? 0));
		const args = { exportId: o.exportId, limit: pageLimit(o.limit), offset };
		const letters = await this.#work(({ query }) => listDead(query, args));
		return letters.map((letter) => this.#showDead(letter));
	}

	replay(o: { readonly batchId: string } | { readonly exportId: string; readonly since?: number }) {
		const args =
			'batchId' in o ? { batch: Number(o.batchId) } : { exportId: o.exportId, since: o.since };
		return this.#change((tx) => replay(this.#engine, tx, args));
	}

	retryNow(exportId: string) {
		return this.#change((tx) => retryNow(this.#engine, tx, exportId));
	}

	purge(
		o:
			| { readonly batchId: string }
			| { readonly exportId: string; readonly what: 'waiting' | 'dead' | 'all' },
	) {
		const args = 'batchId' in o ? { batch: Number(o.batchId) } : o;
		return this.#work((tx) => purge(this.#engine, tx, args));
	}

	stats(): Promise<StoreStats> {
		return this.#work(async ({ query }) => {
			const [size] = await query<{ bytes: number }>(SIZE, [this.#schema]);
			const [meta] = await query<{ quarantined_rows: number }>(
				'SELECT quarantined_rows FROM @meta',
			);
			const { server, warnings } = this.#parts;
			return {
				kind: this.kind,
				storeId: this.id,
				durable: server.isDurable,
				diskBytes: size?.bytes ?? 0,
				exports: (await liveExports(this.#engine, query)).length,
				engine: server.engine,
				missingRows: 0,
				quarantinedRows: meta?.quarantined_rows ?? 0,
				warnings: [...warnings],
			};
		});
	}

	watch(listener: () => void): () => void {
		return this.#parts.hints.watch(listener);
	}

	async close() {
		if (this.#isClosing) return;
		this.#isClosing = true;
		this.#cancelSweep();
		this.#parts.hints.close();
		await this.#appends.settled();
		const { append, work, read } = this.#parts.connections;
		await Promise.all([append.close(), work.close(), read.close()]);
	}

	get #engine(): Engine {
		return this.#parts.engine;
	}

	#work<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		return this.#transact(this.#parts.connections.work, work);
	}

	/** What may make something due that another process flushes. */
	async #change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		const value = await this.#work(work);
		this.#parts.hints.notify();
		return value;
	}

	/** A transaction that begins with a look at the server's clock and ends with the counters. */
	#transact<T>(connection: Connection, work: (tx: Transaction) => Promise<T>): Promise<T> {
		return connection.transaction(async (query) => {
			const [time] = await query<{ now: number }>(`SELECT ${SERVER_NOW} AS now`);
			if (time !== undefined) this.#engine.clock.advance(time.now);
			const tx: Transaction = { query, deltas: new Map() };
			const value = await work(tx);
			await addDeltas(this.#engine, tx);
			return value;
		});
	}

	/** Others need to know of rows that begin to wait (for their timers) and of thresholds, not of every append. */
	#isNews({ exportId, oldestAt, rows, bytes }: Counters): boolean {
		const { count, sizeBytes } = this.#engine.known.get(exportId)?.config.conditions ?? {};
		const isNew = this.#told.get(exportId) !== oldestAt;
		this.#told.set(exportId, oldestAt);
		return isNew || rows >= (count ?? 0) || bytes >= (sizeBytes ?? 0);
	}

	#planSweep(): Cancel {
		return this.#parts.clock.after(SWEEP_EVERY_MS, () => {
			this.#cancelSweep = this.#planSweep();
			// What goes wrong in the database was reported by the connection; the next sweep tries again.
			this.#sweep().catch(() => {});
		});
	}

	async #sweep(): Promise<void> {
		const exportIds = await this.#work((tx) => beginSweep(this.#engine, tx));
		for (const exportId of exportIds) {
			await this.#work((tx) => sweepExport(this.#engine, tx, exportId)).catch(() => {});
		}
	}

	#show(claimed: Claimed): Batch {
		const { number, exportId, mappingRevision, output, columns } = claimed;
		return {
			id: String(number),
			exportId,
			mappingRevision,
			output,
			...(columns ? { columns } : {}),
			count: claimed.count,
			sizeBytes: claimed.sizeBytes,
			firstAt: claimed.firstAt,
			lastAt: claimed.lastAt,
			reason: claimed.reason,
			attempt: claimed.attempts,
			idempotencyKey: `${this.id}/${exportId}/${number}`,
			lease: claimed.lease,
			rows: () => this.#read(claimed),
		};
	}

	#showDead(dead: BatchRecord & { exportId: string }): DeadLetter {
		const { exportId, count, sizeBytes, firstAt, lastAt, attempts, error } = dead;
		const deadAt = this.#engine.clock.toLocal(dead.deadAt);
		return {
			batchId: String(dead.number),
			exportId,
			count,
			sizeBytes,
			firstAt,
			lastAt,
			attempts,
			deadAt,
			error,
			rows: () => this.#read(dead),
		};
	}

	#read(batch: Pick<BatchRecord, 'number' | 'mappingRevision'> & { exportId: string }) {
		return readBatch(this.#parts.connections.read.query, batch, async ({ chunk, body }) => {
			await this.#work(async (tx) => {
				const e = await findExport(this.#engine, tx.query, batch.exportId);
				await quarantineChunk(this.#engine, tx, e, chunk, body);
			});
		});
	}
}
