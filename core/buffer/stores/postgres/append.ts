import { CoreError } from '../../../errors';
import { type Counters, type Row, UNMAPPED_REVISION } from '../../store';
import { type AppendRequest, exportIdsOf, rowsOf } from '../append-request';
import {
	exportDraining,
	exportUnknown,
	retentionBlocks,
	revisionUnknown,
	storeFull,
} from '../failures';
import { checkQuota, sumKept } from '../quota';
import { newTally, type Tally, toCounters } from '../tally';
import type { PlainError } from './batches';
import { ChunkBuilder, chunkOf } from './chunk-builder';
import { insertChunks, type Oldest, oldestWaiting } from './chunks';
import { plus, sumCounters } from './counters';
import { forgetKeys, rememberKeys } from './dedupe';
import { deltaOf, type Engine, type ExportRecord, isDisabled, type Transaction } from './engine';
import { exportsOfReceivers, useExports } from './exports';
import { LatestRows } from './latest';
import { addDeadRows } from './many-batches';
import { findRetrying } from './retrying';

export type AppendAnswer = { duplicate: boolean; counters: Counters[] };

/** What the group knows when it begins. */
interface Scene {
	readonly exports: ReadonlyMap<string, ExportRecord>;
	readonly sums: ReadonlyMap<number, Tally>;
	/** Of the oldest waiting row. */
	readonly oldest: ReadonlyMap<number, Oldest>;
	readonly retrying: Awaited<ReturnType<typeof findRetrying>>;
	/** What counts for a receiver's quota, and for that of the store; grows with the group. */
	readonly receivers: Map<string, Used>;
	readonly store: Used | undefined;
}

interface Used {
	bytes: number;
	deadBytes: number;
}

const STORE_BYTES = `
SELECT coalesce(sum(bytes + open_bytes + dead_bytes), 0)::bigint AS bytes, coalesce(sum(dead_bytes), 0)::bigint AS dead_bytes
FROM @counter`;

/**
 * Appends a group of events in one transaction (S56). Each is stored whole or refused for itself (I2): what a caller did wrong is
 * found before anything of it is written.
 *
 * @returns an answer or an error for each request, in order
 */
export async function appendGroup(
	engine: Engine,
	tx: Transaction,
	requests: readonly AppendRequest[],
	maxStoreBytes: number | undefined,
): Promise<(AppendAnswer | CoreError)[]> {
	const exportIds = [...new Set(requests.flatMap(exportIdsOf))];
	await useExports(engine, tx.query, exportIds);
	const duplicates = await rememberKeys(tx.query, requests, engine.clock.livedAt);
	const scene = await look(engine, tx, exportIds, maxStoreBytes);
	const group = new Group(engine, tx, scene);
	const refused = new Map<AppendRequest, CoreError>();
	for (const request of requests) {
		const original = duplicates.get(request);
		const refusal = original === undefined ? undefined : refused.get(original);
		if (refusal !== undefined) refused.set(request, refusal);
		if (duplicates.has(request)) continue;
		try {
			check(engine, scene, request, maxStoreBytes);
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			refused.set(request, error);
			continue;
		}
		for (const row of request.rows) group.add(row);
		for (const { row, error } of request.dead ?? []) group.addDead(row, error);
	}
	await forgetKeys(tx.query, [...refused.keys()]);
	const counters = await group.save();
	return requests.map(
		(request) =>
			refused.get(request) ?? {
				duplicate: duplicates.has(request),
				counters: exportIdsOf(request).flatMap((id) => counters.get(id) ?? []),
			},
	);
}

async function look(
	engine: Engine,
	{ query }: Transaction,
	exportIds: readonly string[],
	maxStoreBytes: number | undefined,
): Promise<Scene> {
	const receiverIds = [...new Set(exportIds.map((id) => id.split('/', 1)[0] ?? ''))];
	const records = await exportsOfReceivers(engine, query, receiverIds);
	const exports = new Map(records.map((e) => [e.exportId, e]));
	const sums = await sumCounters(
		query,
		records.map(({ id }) => id),
	);
	const named = exportIds.flatMap((id) => exports.get(id)?.id ?? []);
	const [store] =
		maxStoreBytes === undefined
			? []
			: await query<{ bytes: number; dead_bytes: number }>(STORE_BYTES, []);
	const receivers = new Map<string, Used>();
	for (const { config, id } of records) {
		const used = receivers.get(config.receiverId) ?? { bytes: 0, deadBytes: 0 };
		const kept = sumKept([sums.get(id) ?? newTally()]);
		receivers.set(config.receiverId, {
			bytes: used.bytes + kept.bytes,
			deadBytes: used.deadBytes + kept.deadBytes,
		});
	}
	return {
		exports,
		sums,
		oldest: await oldestWaiting(query, named),
		// An export without open batches costs nothing (I18).
		retrying: await findRetrying(
			engine,
			query,
			records.filter(({ id }) => named.includes(id) && (sums.get(id)?.openBatches ?? 0) > 0),
		),
		receivers,
		store: store && { bytes: store.bytes, deadBytes: store.dead_bytes },
	};
}

function check(
	engine: Engine,
	scene: Scene,
	request: AppendRequest,
	maxStoreBytes: number | undefined,
): void {
	const kept = new Set<ExportRecord>();
	for (const { exportId, mappingRevision } of rowsOf(request)) {
		const e = scene.exports.get(exportId);
		if (e === undefined) throw exportUnknown(exportId);
		if (e.isDraining) throw exportDraining(exportId);
		if (mappingRevision !== UNMAPPED_REVISION && !e.revisions.has(mappingRevision)) {
			throw revisionUnknown(exportId, mappingRevision);
		}
		if (!isDisabled(e)) kept.add(e);
	}
	for (const e of kept) checkRoom(engine, scene, request.receiverId, e);
	if (kept.size === 0 || maxStoreBytes === undefined || scene.store === undefined) return;
	if (scene.store.bytes > maxStoreBytes) throw storeFull(scene.store, maxStoreBytes);
}

function checkRoom(engine: Engine, scene: Scene, receiverId: string, e: ExportRecord): void {
	const used = scene.receivers.get(e.config.receiverId) ?? { bytes: 0, deadBytes: 0 };
	checkQuota(receiverId, e.config, used);
	const { ageMs, action } = e.config.retention ?? {};
	const arrivedAt = scene.oldest.get(e.id)?.arrivedAt;
	if (action !== 'block' || ageMs === undefined || arrivedAt === undefined) return;
	if (arrivedAt <= engine.clock.bornBefore(ageMs)) throw retentionBlocks(e.exportId, ageMs);
}

/** The rows of a group on their way into the tables. */
class Group {
	readonly #engine: Engine;
	readonly #tx: Transaction;
	readonly #scene: Scene;
	readonly #builders = new Map<ExportRecord, ChunkBuilder>();
	readonly #latest = new LatestRows();
	readonly #dead: { exportNumber: number; row: Row; error: PlainError }[] = [];

	constructor(engine: Engine, tx: Transaction, scene: Scene) {
		this.#engine = engine;
		this.#tx = tx;
		this.#scene = scene;
	}

	add(row: Row): void {
		const e = this.#exportOf(row);
		const delta = deltaOf(this.#tx, e.id);
		if (isDisabled(e)) {
			delta.droppedTotal++;
			return;
		}
		this.#builderOf(e).add(row);
		this.#latest.add(e.id, row);
		delta.rows++;
		delta.bytes += row.sizeBytes;
		delta.acceptedTotal++;
		this.#weigh(e, row);
	}

	/** A chunk and a dead letter of its own. */
	addDead(row: Row, { code, message }: CoreError): void {
		const e = this.#exportOf(row);
		const delta = deltaOf(this.#tx, e.id);
		if (isDisabled(e)) {
			delta.droppedTotal++;
			return;
		}
		this.#dead.push({ exportNumber: e.id, row, error: { code, message } });
		delta.acceptedTotal++;
		this.#weigh(e, row, row.sizeBytes);
	}

	/** @returns the counters of the exports that the group names, as they are after it */
	async save(): Promise<Map<string, Counters>> {
		const { query, deltas } = this.#tx;
		for (const [e, builder] of this.#builders) {
			builder.finish();
			await insertChunks(query, e.id, builder.chunks);
		}
		await this.#saveDead();
		await this.#latest.save(query);
		const counters = new Map<string, Counters>();
		for (const e of this.#scene.exports.values()) {
			const sum = this.#scene.sums.get(e.id) ?? newTally();
			const tally = plus(sum, deltas.get(e.id) ?? newTally());
			const firstAdded = this.#builders.get(e)?.chunks[0]?.at;
			const oldestAt = this.#scene.oldest.get(e.id)?.at ?? firstAdded;
			counters.set(
				e.exportId,
				toCounters(e.exportId, e.state, oldestAt, tally, this.#scene.retrying(e)),
			);
		}
		return counters;
	}

	async #saveDead(): Promise<void> {
		if (this.#dead.length === 0) return;
		const numbers = await addDeadRows(this.#engine, this.#tx, this.#dead);
		for (const exportNumber of new Set(this.#dead.map((one) => one.exportNumber))) {
			const chunks = this.#dead.flatMap((one, index) =>
				one.exportNumber === exportNumber
					? [chunkOf(this.#engine.clock, [one.row], numbers[index] ?? null)]
					: [],
			);
			await insertChunks(this.#tx.query, exportNumber, chunks);
		}
	}

	#exportOf({ exportId }: Row): ExportRecord {
		const e = this.#scene.exports.get(exportId);
		if (e === undefined) throw exportUnknown(exportId);
		return e;
	}

	#builderOf(e: ExportRecord): ChunkBuilder {
		const known = this.#builders.get(e);
		if (known !== undefined) return known;
		const waiting = this.#scene.sums.get(e.id) ?? newTally();
		const builder = new ChunkBuilder(this.#engine.clock, e.config.conditions, waiting);
		this.#builders.set(e, builder);
		return builder;
	}

	#weigh({ config: { receiverId } }: ExportRecord, { sizeBytes }: Row, deadBytes = 0): void {
		for (const used of [this.#scene.receivers.get(receiverId), this.#scene.store]) {
			if (used === undefined) continue;
			used.bytes += sizeBytes;
			used.deadBytes += deadBytes;
		}
	}
}
