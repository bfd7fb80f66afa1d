import assert from 'node:assert/strict';
import type { Batch, Store, StoredExport } from '../../core/buffer/store';
import { anExport, toText } from './store-fixtures';
import { checkKeyOrder, checkRows } from './store-model-check';
import type { JumpingClock } from './store-model-clock';
import {
	bytesOf,
	type GivenLease,
	type Model,
	type ModelBatch,
	type ModelRow,
	type ModelExport,
} from './store-model';

/** The store under test, which a reopening replaces. */
export interface Real {
	store: Store;
	readonly clock: JumpingClock;
	/** The receiver of this run: several runs share a store. */
	readonly receiverId: string;
	/** Opens it anew, as after a crash or a move; absent where a store does not outlive its handle. */
	readonly reopen: ((store: Store) => Promise<Store>) | undefined;
	/** Of the commands that ask for it, one in so many does: a worker takes 0.5 s to start. */
	readonly reopenEvery: number;
	/** Whether opening ends all leases (S30). */
	readonly endsLeases: boolean;
	/** Whether it knows order key. */
	readonly isByKey?: boolean;
}

/** What a run gives an export, at first and later. */
export interface ExportChange
	extends
		Pick<StoredExport, 'output' | 'order' | 'maxInFlight' | 'liveFirst'>,
		Readonly<Record<'count' | 'sizeBytes' | 'timeMs', number>> {
	/** Used where it is shorter than the time. */
	readonly idleMs: number | undefined;
}

export async function putOne(
	model: Model,
	real: Real,
	number: number,
	change: ExportChange,
): Promise<void> {
	const { count, sizeBytes, timeMs, idleMs, output, maxInFlight, liveFirst = false } = change;
	const idle = idleMs === undefined || idleMs >= timeMs ? {} : { idleMs };
	const order = change.order === 'key' && real.isByKey === false ? 'any' : change.order;
	const config = anExport({
		id: `export-${number}`,
		receiverId: real.receiverId,
		conditions: { count, sizeBytes, timeMs, ...idle },
		output,
		order,
		maxInFlight,
		...(liveFirst && order === 'any' ? { liveFirst } : {}),
	});
	const { mappingRevision } = await real.store.putExport(config);
	assert.equal(mappingRevision, model.put(config));
}

/** Claims as a flusher does, and compares what it got with what it may get. */
export async function claimOne(
	model: Model,
	real: Real,
	e: ModelExport,
	flush: boolean,
	leaseMs: number,
	liveMs?: number,
): Promise<GivenLease | undefined> {
	const o = { owner: 'model', leaseMs, flush, liveMs };
	if (liveMs !== undefined && e.state === 'ACTIVE' && e.config.order !== 'any') {
		await assert.rejects(real.store.claim(e.exportId, o), { code: 'ERR_CONFIG_INVALID' });
		return undefined;
	}
	const due = liveMs === undefined ? model.dueBatches(e) : [];
	const rows = due.length > 0 ? [] : model.newBatchRows(e, flush, liveMs);
	const got = await real.store.claim(e.exportId, o);
	if (due.length === 0 && rows.length === 0) {
		assert.equal(got, undefined, 'nothing may be claimed');
		return undefined;
	}
	assert.ok(got, `a batch may be claimed: ${JSON.stringify(due.map((b) => b.rows))}`);
	const texts = await textsOf(got);
	const batch =
		due.find((b) => b.rows[0]?.text === texts[0]) ??
		(rows.length > 0 ? model.close(e, asGiven(rows, texts)) : undefined);
	assert.ok(batch, `${texts[0]} is not due`);
	model.lease(e, batch, leaseMs);
	checkKeyOrder(model, e, batch);
	learnIds(model, batch, got);
	const until = model.toWall(model.nowAt) + leaseMs;
	assert.deepEqual(
		[got.attempt, got.count, got.sizeBytes, got.lease],
		[
			batch.attempts,
			batch.rows.length,
			bytesOf(batch.rows),
			{ batchId: got.id, token: batch.token, until },
		],
	);
	assert.equal(got.mappingRevision, batch.rows[0]?.revision);
	await checkRows(got, batch);
	for (const text of texts) assert.ok(!model.acked.has(text), 'an acked row is over (I8)');
	const given = { exportId: e.exportId, lease: got.lease, texts, rows: () => got.rows() };
	model.leases.unshift(given);
	return given;
}

/** Rows that were replayed may stand before older ones of other keys: those that came live do in the embedded store. */
function asGiven(rows: readonly ModelRow[], texts: readonly string[]): readonly ModelRow[] {
	if (!rows.some(({ isLoose }) => isLoose)) return rows;
	return rows.toSorted((a, b) => texts.indexOf(a.text) - texts.indexOf(b.text));
}

/** Id and key of a batch never change, and no other ever had them (I4, I20). */
function learnIds(model: Model, batch: ModelBatch, got: Batch): void {
	if (batch.id === undefined) assert.ok(!model.shownIds.has(got.id), 'ids are not reused (I20)');
	else assert.equal(got.id, batch.id, 'a batch keeps its id (I4)');
	if (batch.key === undefined) assert.ok(!model.shownIds.has(got.idempotencyKey), 'keys (I20)');
	else assert.equal(got.idempotencyKey, batch.key, 'a batch keeps its key (I4)');
	batch.id = got.id;
	batch.key = got.idempotencyKey;
	model.shownIds.add(got.id).add(got.idempotencyKey);
}

async function textsOf(batch: Batch): Promise<string[]> {
	const texts: string[] = [];
	for await (const slice of batch.rows()) texts.push(...slice.map(toText));
	return texts;
}
