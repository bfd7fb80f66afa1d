import type { Lease } from '../../store';
import {
	hasIdleTime,
	inFlightLimit,
	isByKey,
	isClaimable,
	isStrict,
	reasonToClose,
} from '../export-rules';
import { exportUnknown } from '../failures';
import { checkLive } from '../live-claims';
import { type DueInputs, nextDueOf } from '../next-due';
import {
	addBatch,
	type BatchRecord,
	type BatchRow,
	findRevision,
	type Revision,
	toBatch,
	UNNUMBERED,
} from './batches';
import type { Query } from '../../../postgres/connection';
import { sumCounters } from './counters';
import { type Engine, type ExportRecord, type Transaction } from './engine';
import { findExport, findExports, lockClaims, useExports } from './exports';
import { refreshKeys, takeKeys } from './key-tables';
import { countUnnumbered, markChunks, numberRows, takeRowIds } from './mark-chunks';
import { newLiveBatch } from './claim-live';
import { type KeyedTaken, takeInOrder } from './take-in-order';
import { takeWaiting } from './take-waiting';
import type { Taken } from './taking';
import type { Tally } from '../tally';

export interface ClaimOptions {
	readonly exportId: string;
	readonly owner: string;
	readonly leaseMs: number;
	readonly flush: boolean;
	readonly liveMs: number | undefined;
	readonly regardless: boolean;
}

/** A leased batch with how its rows are laid out. */
export type Claimed = BatchRecord & Revision & { readonly exportId: string; readonly lease: Lease };

/** What decides whether a claim gives something. */
interface ClaimState {
	readonly id: number;
	readonly lease_ends: readonly number[];
	readonly next_id: number | null;
	readonly next_at: number | null;
	readonly first_id: number | null;
	readonly first_at: number | null;
	/** Of the first row that no claim has come to. */
	readonly arrived_at: number | null;
	readonly revision: number | null;
	/** Of the last one; null where no condition asks for it. */
	readonly last_arrived_at: number | null;
	readonly has_ready: boolean;
}

/** A batch whose lease has ended counts as not leased; `first` is the one that strict order allows. */
const CLAIM_STATE = `
SELECT e AS id,
	ARRAY(SELECT lease_until FROM @batch WHERE export = e AND state = 'open' AND lease_until > $2 ORDER BY lease_until) AS lease_ends,
	n.id AS next_id, n.next_at, f.id AS first_id, f.next_at AS first_at, w.arrived_at, w.revision, l.last_arrived_at,
	EXISTS (SELECT FROM @held_key WHERE export = e AND is_ready) AS has_ready
FROM unnest($1::int[]) AS e
LEFT JOIN LATERAL (SELECT id, next_at FROM @batch WHERE export = e AND state = 'open'
	AND NOT is_blocked AND (lease_until IS NULL OR lease_until <= $2) ORDER BY next_at, id LIMIT 1) AS n ON true
LEFT JOIN LATERAL (SELECT id, next_at FROM (
	SELECT id, next_at, lease_until FROM @batch WHERE export = e AND state = 'open' ORDER BY first_row, id LIMIT 1
) AS o WHERE lease_until IS NULL OR lease_until <= $2) AS f ON true
LEFT JOIN LATERAL (SELECT arrived_at, revision FROM @chunk WHERE export = e AND batch IS NULL AND hold IS NULL
	ORDER BY seq, sub LIMIT 1) AS w ON true
LEFT JOIN LATERAL (SELECT least(arrived_at + last_at - at, $2) AS last_arrived_at FROM @chunk
	WHERE export = e AND batch IS NULL AND hold IS NULL AND e = ANY($3::int[]) ORDER BY seq DESC, sub DESC LIMIT 1) AS l ON true`;

const LEASE = `
UPDATE @batch SET token = token + 1, owner = $2, lease_ms = $3, lease_until = $4, attempts = attempts + 1
WHERE id = $1 AND state = 'open' AND next_at <= $5 AND (lease_until IS NULL OR lease_until <= $5) RETURNING *`;

/** S27: a due batch again, else a new one; undefined when there is none to give. */
export async function claim(
	engine: Engine,
	tx: Transaction,
	o: ClaimOptions,
): Promise<Claimed | undefined> {
	const { query } = tx;
	await useExports(engine, query, [o.exportId]);
	const e = await findExport(engine, query, o.exportId);
	if (!isClaimable(e, o.regardless)) return undefined;
	const { liveMs } = o;
	if (liveMs !== undefined) checkLive(e.config);
	// One claimer per export (S58). The others wait: who asked for a flush and heard of nothing would not ask again.
	await lockClaims(engine, query, e);
	const [state] = await query<ClaimState>(CLAIM_STATE, stateOf([e], engine.clock.nowAt));
	if (state === undefined) throw exportUnknown(o.exportId);
	if (state.lease_ends.length >= inFlightLimit(e, o.regardless)) return undefined;
	const due = liveMs === undefined ? dueBatch(engine, e, state) : undefined;
	const number = due ?? (await newBatch(engine, tx, e, state, o));
	return number === undefined ? undefined : lease(engine, query, e, number, o);
}

/** When, by the local clock, a claim of these exports may give something. */
export async function nextDue(
	engine: Engine,
	query: Query,
	exportIds: readonly string[],
): Promise<Map<string, number>> {
	const exports = await findExports(engine, query, exportIds);
	const sums = await sumCounters(
		query,
		exports.map(({ id }) => id),
	);
	const { nowAt } = engine.clock;
	const due = new Map<string, number>();
	for (const state of await query<ClaimState>(CLAIM_STATE, stateOf(exports, nowAt))) {
		const e = exports.find(({ id }) => id === state.id);
		const tally = sums.get(state.id);
		if (e === undefined || tally === undefined) continue;
		const inputs: DueInputs = {
			leaseEndsAt: state.lease_ends,
			earliestNextAt: state.next_at ?? undefined,
			strictNextAt: state.first_at ?? undefined,
			hasOpenBatch: tally.openBatches > 0,
			hasReady: state.has_ready,
			...unread(tally),
			arrivedAt: state.arrived_at ?? undefined,
			lastArrivedAt: state.last_arrived_at ?? undefined,
			mappingRevision: state.revision ?? undefined,
		};
		const at = nextDueOf(e, inputs, nowAt);
		if (at !== undefined) due.set(e.exportId, Math.ceil(engine.clock.toLocal(at)));
	}
	return due;
}

/** What CLAIM_STATE is asked with. */
function stateOf(exports: readonly ExportRecord[], nowAt: number) {
	return [exports.map(({ id }) => id), nowAt, exports.filter(hasIdleTime).map(({ id }) => id)];
}

function dueBatch(engine: Engine, e: ExportRecord, state: ClaimState): number | undefined {
	const [number, nextAt] = isStrict(e)
		? [state.first_id, state.first_at]
		: [state.next_id, state.next_at];
	if (number === null || nextAt === null) return undefined;
	return nextAt <= engine.clock.nowAt ? number : undefined;
}

async function newBatch(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	state: ClaimState,
	{ flush, liveMs }: ClaimOptions,
): Promise<number | undefined> {
	const tally = (await sumCounters(tx.query, [e.id])).get(e.id);
	if (tally === undefined || (isStrict(e) && tally.openBatches > 0)) return undefined;
	const { arrived_at: arrivedAt, has_ready: hasReady } = state;
	const { clock } = engine;
	const liveFrom = liveMs === undefined ? undefined : clock.nowAt - liveMs;
	if (liveFrom !== undefined && arrivedAt !== null && arrivedAt < liveFrom)
		return newLiveBatch(engine, tx, e, liveFrom, flush);
	const reason = reasonOf(engine, e, tally, state, flush);
	if (reason === undefined && !hasReady) return undefined;
	const { conditions } = e.config;
	const isInOrder = isByKey(e) || tally.heldRows > 0;
	const taken: (Taken & Partial<KeyedTaken>) | undefined = isInOrder
		? await takeInOrder(engine, tx, e, conditions, reason !== undefined)
		: await takeWaiting(engine, tx, e, conditions);
	if (taken === undefined) return undefined;
	const isKeyed = isByKey(e);
	const firstRow = await takeRowIds(tx.query, e, countUnnumbered(taken));
	const number = await addBatch(engine, tx, e, {
		...taken,
		state: 'open',
		reason: reason ?? 'key',
		attempts: 0,
		nextAt: clock.nowAt,
		firstRow: taken.chunks[0]?.rowId || firstRow,
		isKeyed,
	});
	await markChunks(tx.query, e, number, taken, firstRow);
	if (isKeyed) await takeKeys(tx.query, e.id, { number, place: number }, taken.keys ?? new Set());
	if (taken.touched !== undefined) await refreshKeys(tx.query, e.id, taken.touched);
	return number;
}

/** Why what no claim has come to becomes a batch now. */
function reasonOf(
	{ clock }: Engine,
	e: ExportRecord,
	tally: Tally,
	{ arrived_at: arrivedAt, last_arrived_at: lastAt, revision: mappingRevision }: ClaimState,
	flush: boolean,
): string | undefined {
	if (arrivedAt === null || mappingRevision === null) return undefined;
	const stats = {
		...unread(tally),
		firstRowAt: clock.toLocal(arrivedAt),
		lastRowAt: lastAt === null ? undefined : clock.toLocal(lastAt),
		mappingRevision,
	};
	return reasonToClose(e, stats, clock.toLocal(clock.nowAt), flush);
}

/** What of the waiting rows no claim has come to. */
function unread({ rows, bytes, heldRows, heldBytes }: Tally): { rows: number; bytes: number } {
	return { rows: rows - heldRows, bytes: bytes - heldBytes };
}

async function lease(
	engine: Engine,
	query: Query,
	e: ExportRecord,
	number: number,
	{ owner, leaseMs }: ClaimOptions,
): Promise<Claimed | undefined> {
	const { nowAt } = engine.clock;
	const [row] = await query<BatchRow>(LEASE, [number, owner, leaseMs, nowAt + leaseMs, nowAt]);
	// Its former owner settled or renewed late, after the look at it.
	if (row === undefined) return undefined;
	const batch = toBatch(row);
	if (batch.firstRow === UNNUMBERED) await numberRows(query, e, batch);
	const until = Math.floor(engine.clock.toLocal(nowAt)) + leaseMs;
	return {
		...batch,
		...(await findRevision(query, e, batch.mappingRevision)),
		exportId: e.exportId,
		lease: { batchId: String(number), token: batch.token, until },
	};
}
