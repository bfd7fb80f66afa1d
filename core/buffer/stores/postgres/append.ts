import { CoreError } from '../../../errors';
import {
	type AppendAnswer,
	type AppendedEvent,
	type AppendRequest,
	type Counters,
	type Row,
	UNMAPPED_REVISION,
} from '../../store';
import { exportIdsOf, rowsOf } from '../append-request';
import { exportDraining, exportUnknown, retentionBlocks, revisionUnknown } from '../failures';
import { sumKept, type Used } from '../quota';
import { Room } from '../room';
import { newTally, type Tally, toCounters } from '../tally';
import type { PlainError } from './batches';
import { ChunkBuilder, chunkOf } from './chunk-builder';
import { insertChunks, type Oldest, oldestWaiting } from './chunks';
import { plus, sumCounters } from './counters';
import { GroupKeys } from './dedupe';
import { deltaOf, type Engine, type ExportRecord, isDisabled, type Transaction } from './engine';
import { exportsOfReceivers, useExports } from './exports';
import { encodeLatest, LatestOfGroup } from '../latest-codec';
import { saveLatest } from './latest';
import { addDeadRows } from './many-batches';
import { findRetrying } from './retrying';

/** What the group knows when it begins. */
interface Scene {
	readonly exports: ReadonlyMap<string, ExportRecord>;
	readonly sums: ReadonlyMap<number, Tally>;
	/** Of the oldest waiting row. */
	readonly oldest: ReadonlyMap<number, Oldest>;
	readonly retrying: Awaited<ReturnType<typeof findRetrying>>;
	/** What counts for a receiver's quota, and for that of the store; taken by the group. */
	readonly room: Room;
}

const STORE_BYTES = `
SELECT coalesce(sum(bytes + open_bytes + dead_bytes), 0)::bigint AS bytes, coalesce(sum(dead_bytes), 0)::bigint AS dead_bytes
FROM @counter`;

/**
 * Appends a group of requests in one transaction (S56). Each is stored whole or refused for itself (I2): what a caller did wrong is
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
	const keys = await GroupKeys.write(tx.query, requests, engine.clock.livedAt);
	const scene = await look(engine, tx, exportIds, maxStoreBytes);
	const group = new Group(engine, tx, scene);
	const taken = requests.map((request) => {
		const mine = keys.of(request);
		const room = new Room(scene.room, maxStoreBytes);
		try {
			const duplicates = request.events.map((event) => {
				const isKnown = mine.see(event.dedupeKeys ?? []);
				if (!isKnown) checkEvent(engine, scene, request.receiverId, event, room);
				return isKnown;
			});
			mine.keep();
			for (const [index, event] of request.events.entries()) {
				if (duplicates[index] === false) group.addEvent(request.receiverId, event);
			}
			return duplicates;
		} catch (error) {
			if (error instanceof CoreError) return error;
			throw error;
		}
	});
	await keys.settle();
	const counters = await group.save();
	return requests.map((request, index) => {
		const duplicates = taken[index] ?? [];
		if (duplicates instanceof CoreError) return duplicates;
		return {
			duplicates,
			counters: exportIdsOf(request).flatMap((id) => counters.get(id) ?? []),
		};
	});
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
	const none: Readonly<Used> = { bytes: 0, deadBytes: 0 };
	const receivers = new Map<string, Used>();
	for (const { config, id } of records) {
		const used = receivers.get(config.receiverId) ?? none;
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
		room: new Room(
			{
				byReceiver: (receiverId) => receivers.get(receiverId) ?? none,
				byStore: () => (store ? { bytes: store.bytes, deadBytes: store.dead_bytes } : none),
			},
			maxStoreBytes,
		),
	};
}

/** One event after the other, each with those before it. */
function checkEvent(
	engine: Engine,
	scene: Scene,
	receiverId: string,
	event: AppendedEvent,
	room: Room,
): void {
	const kept = new Set<ExportRecord>();
	for (const row of rowsOf(event)) {
		const e = findPlace(scene, row);
		if (!isDisabled(e)) kept.add(e);
	}
	for (const e of kept) {
		room.checkReceiver(receiverId, e);
		checkRetention(engine, scene, e);
	}
	if (kept.size === 0) return;
	room.checkStore();
	for (const row of event.rows) takeRoom(scene, row, room, false);
	for (const { row } of event.dead ?? []) takeRoom(scene, row, room, true);
}

function findPlace({ exports }: Scene, { exportId, mappingRevision }: Row): ExportRecord {
	const e = exports.get(exportId);
	if (e === undefined) throw exportUnknown(exportId);
	if (e.isDraining) throw exportDraining(exportId);
	if (mappingRevision !== UNMAPPED_REVISION && !e.revisions.has(mappingRevision)) {
		throw revisionUnknown(exportId, mappingRevision);
	}
	return e;
}

function checkRetention(engine: Engine, scene: Scene, e: ExportRecord): void {
	const { ageMs, action } = e.config.retention ?? {};
	const arrivedAt = scene.oldest.get(e.id)?.arrivedAt;
	if (action !== 'block' || ageMs === undefined || arrivedAt === undefined) return;
	if (arrivedAt <= engine.clock.bornBefore(ageMs)) throw retentionBlocks(e.exportId, ageMs);
}

function takeRoom({ exports }: Scene, { exportId, sizeBytes }: Row, room: Room, isDead: boolean) {
	const e = exports.get(exportId);
	if (e !== undefined && !isDisabled(e)) room.take(e.config.receiverId, sizeBytes, isDead);
}

/** The rows of a group on their way into the tables. */
class Group {
	readonly #engine: Engine;
	readonly #tx: Transaction;
	readonly #scene: Scene;
	readonly #builders = new Map<ExportRecord, ChunkBuilder>();
	readonly #latest = new LatestOfGroup();
	readonly #dead: { exportNumber: number; row: Row; error: PlainError }[] = [];

	constructor(engine: Engine, tx: Transaction, scene: Scene) {
		this.#engine = engine;
		this.#tx = tx;
		this.#scene = scene;
	}

	addEvent(receiverId: string, { rows, dead = [], latest }: AppendedEvent): void {
		for (const row of rows) this.#add(row);
		for (const { row, error } of dead) this.#addDead(row, error);
		if (latest !== undefined) this.#latest.add(receiverId, encodeLatest(latest));
	}

	#add(row: Row): void {
		const e = this.#exportOf(row);
		const delta = deltaOf(this.#tx, e.id);
		if (isDisabled(e)) {
			delta.droppedTotal++;
			return;
		}
		this.#builderOf(e).add(row);
		delta.rows++;
		delta.bytes += row.sizeBytes;
		delta.acceptedTotal++;
		this.#scene.room.take(e.config.receiverId, row.sizeBytes, false);
	}

	/** A chunk and a dead letter of its own. */
	#addDead(row: Row, { code, message }: CoreError): void {
		const e = this.#exportOf(row);
		const delta = deltaOf(this.#tx, e.id);
		if (isDisabled(e)) {
			delta.droppedTotal++;
			return;
		}
		this.#dead.push({ exportNumber: e.id, row, error: { code, message } });
		delta.acceptedTotal++;
		this.#scene.room.take(e.config.receiverId, row.sizeBytes, true);
	}

	/** @returns the counters of the exports that the group names, as they are after it */
	async save(): Promise<Map<string, Counters>> {
		const { query, deltas } = this.#tx;
		for (const [e, builder] of this.#builders) {
			builder.finish();
			await insertChunks(query, e.id, builder.chunks);
		}
		await this.#saveDead();
		await saveLatest(query, this.#latest);
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
}
