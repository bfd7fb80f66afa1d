import { isDisabled, keptOwner } from '../../../config';
import { CoreError } from '../../../errors';
import {
	type AppendAnswer,
	type AppendedEvent,
	type AppendedLetter,
	type AppendRequest,
	type Counters,
	type Row,
} from '../../store';
import { exportIdsOf, rowsOf } from '../append-request';
import { checkAge, checkTakes, isKept } from '../export-rules';
import { exportUnknown } from '../failures';
import { finalFailure, showFailure } from '../kept-failure';
import { toKnown } from '../known-keys';
import { sumKept, type UsedBytes } from '../quota';
import { QuotaUsage } from '../quota-usage';
import { type Attempts, countDropped, newTally, type Tally, toCounters } from '../tally';
import { ChunkBuilder, chunksOf } from './chunk-builder';
import { insertChunks, type Oldest, oldestWaiting } from './chunks';
import { plus, sumCounters } from './counters';
import { GroupKeys } from './dedupe';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { exportsOfReceivers, useExports } from './exports';
import { encodeLatest, LatestOfGroup } from '../latest-codec';
import { saveLatest } from './latest';
import { findAttempts } from './attempts';
import { addLetters, type NewLetter } from './many-batches';

function hasBatches({ openBatches, deadBatches }: Tally = newTally()): boolean {
	return openBatches + deadBatches > 0;
}

/** What the group knows when it begins. */
interface GroupState {
	readonly exports: ReadonlyMap<string, ExportRecord>;
	readonly sums: ReadonlyMap<number, Tally>;
	/** Of the oldest waiting row. */
	readonly oldest: ReadonlyMap<number, Oldest>;
	readonly attempts: Awaited<ReturnType<typeof findAttempts>>;
	/** What counts for a receiver's quota, and for that of the store; taken by the group. */
	readonly usage: QuotaUsage;
}

const STORE_BYTES = `
SELECT coalesce(sum(bytes + open_bytes + dead_bytes), 0)::bigint AS bytes, coalesce(sum(dead_bytes), 0)::bigint AS dead_bytes
FROM @counter c JOIN @export e ON e.id = c.export WHERE NOT starts_with(e.name, '${keptOwner('')}')`;

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
	const state = await readState(engine, tx, exportIds, maxStoreBytes);
	const group = new Group(engine, tx, state);
	const taken = requests.map((request) => {
		const mine = keys.of(request);
		const usage = new QuotaUsage(state.usage, maxStoreBytes);
		try {
			const known = request.events.map((event) => {
				const ofEvent = mine.see(event.dedupeKeys ?? []);
				if (ofEvent.length === 0) checkEvent(engine, state, event, usage);
				return ofEvent;
			});
			mine.keep();
			for (const [index, event] of request.events.entries()) {
				if (known[index]?.length === 0) group.addEvent(request.receiverId, event);
			}
			return known;
		} catch (error) {
			if (error instanceof CoreError) return error;
			throw error;
		}
	});
	await keys.settle();
	const counters = await group.save();
	return requests.map((request, index) => {
		const known = taken[index] ?? [];
		if (known instanceof CoreError) return known;
		return {
			...toKnown(request.events.length, known),
			counters: exportIdsOf(request).flatMap((id) => counters.get(id) ?? []),
		};
	});
}

async function readState(
	engine: Engine,
	{ query }: Transaction,
	exportIds: readonly string[],
	maxStoreBytes: number | undefined,
): Promise<GroupState> {
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
	const none: Readonly<UsedBytes> = { bytes: 0, deadBytes: 0 };
	const receivers = new Map<string, UsedBytes>();
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
		// An export without batches costs nothing (I18).
		attempts: await findAttempts(
			engine,
			query,
			records.filter(({ id }) => named.includes(id) && hasBatches(sums.get(id))),
		),
		usage: new QuotaUsage(
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
	state: GroupState,
	event: AppendedEvent,
	usage: QuotaUsage,
): void {
	const kept = new Set<ExportRecord>();
	for (const row of rowsOf(event)) {
		const e = findPlace(state, row);
		if (!isDisabled(e) && !isKept(e)) kept.add(e);
	}
	for (const e of kept) {
		usage.checkOwner(e);
		checkAge(e, state.oldest.get(e.id)?.arrivedAt, engine.clock);
	}
	if (kept.size === 0) return;
	usage.checkStore();
	for (const row of event.rows) countRow(state, row, usage, false);
	for (const letter of event.dead ?? []) {
		for (const row of letter.rows) countRow(state, row, usage, true);
	}
}

function findPlace({ exports }: GroupState, { exportId, mappingRevision }: Row): ExportRecord {
	const e = exports.get(exportId);
	if (e === undefined) throw exportUnknown(exportId);
	checkTakes(e, mappingRevision);
	return e;
}

function countRow(
	{ exports }: GroupState,
	{ exportId, sizeBytes }: Row,
	usage: QuotaUsage,
	isDead: boolean,
) {
	const e = exports.get(exportId);
	if (e !== undefined && !isDisabled(e) && !isKept(e))
		usage.add(e.config.receiverId, sizeBytes, isDead);
}

/** The rows of a group on their way into the tables. */
class Group {
	readonly #engine: Engine;
	readonly #tx: Transaction;
	readonly #state: GroupState;
	readonly #builders = new Map<ExportRecord, ChunkBuilder>();
	readonly #latest = new LatestOfGroup();
	readonly #dead: NewLetter[] = [];

	constructor(engine: Engine, tx: Transaction, state: GroupState) {
		this.#engine = engine;
		this.#tx = tx;
		this.#state = state;
	}

	addEvent(receiverId: string, { rows, dead = [], latest }: AppendedEvent): void {
		for (const row of rows) this.#add(row);
		for (const letter of dead) this.#addDead(letter);
		if (latest !== undefined) this.#latest.add(receiverId, encodeLatest(latest));
	}

	#add(row: Row): void {
		const e = this.#exportOf(row);
		const delta = deltaOf(this.#tx, e.id);
		if (isDisabled(e)) {
			countDropped(delta, 1);
			return;
		}
		this.#builderOf(e).add(row);
		delta.rows++;
		delta.bytes += row.sizeBytes;
		delta.acceptedTotal++;
		if (!isKept(e)) this.#state.usage.add(e.config.receiverId, row.sizeBytes, false);
	}

	/** Chunks and a dead letter of its own. */
	#addDead({ rows, error, attempts = 0, answer }: AppendedLetter): void {
		const [first] = rows;
		if (first === undefined) return;
		const e = this.#exportOf(first);
		const delta = deltaOf(this.#tx, e.id);
		if (isDisabled(e)) {
			countDropped(delta, rows.length);
			return;
		}
		const { clock } = this.#engine;
		const failure = finalFailure(clock.nowAt, error, answer);
		this.#dead.push({ exportNumber: e.id, chunks: chunksOf(clock, rows), failure, attempts });
		delta.acceptedTotal += rows.length;
		for (const { sizeBytes } of rows) this.#state.usage.add(e.config.receiverId, sizeBytes, true);
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
		for (const e of this.#state.exports.values()) {
			const sum = this.#state.sums.get(e.id) ?? newTally();
			const tally = plus(sum, deltas.get(e.id) ?? newTally());
			const firstAdded = this.#builders.get(e)?.chunks[0]?.at;
			const oldestAt = this.#state.oldest.get(e.id)?.at ?? firstAdded;
			const attempts = this.#attemptsOf(e);
			counters.set(e.exportId, toCounters(e.exportId, e.state, oldestAt, tally, attempts));
		}
		return counters;
	}

	#attemptsOf(e: ExportRecord): Attempts {
		const before = this.#state.attempts(e);
		const dead = this.#dead.findLast(({ exportNumber }) => exportNumber === e.id);
		if (dead === undefined) return before;
		const { clock } = this.#engine;
		return { ...before, lastFailure: showFailure(dead.failure, (at) => clock.toLocal(at)) };
	}

	async #saveDead(): Promise<void> {
		if (this.#dead.length === 0) return;
		const numbers = await addLetters(this.#engine, this.#tx, this.#dead);
		for (const exportNumber of new Set(this.#dead.map((one) => one.exportNumber))) {
			const chunks = this.#dead.flatMap((one, index) =>
				one.exportNumber === exportNumber
					? one.chunks.map((chunk) => ({ ...chunk, batch: numbers[index] ?? null }))
					: [],
			);
			await insertChunks(this.#tx.query, exportNumber, chunks);
		}
	}

	#exportOf({ exportId }: Row): ExportRecord {
		const e = this.#state.exports.get(exportId);
		if (e === undefined) throw exportUnknown(exportId);
		return e;
	}

	#builderOf(e: ExportRecord): ChunkBuilder {
		const known = this.#builders.get(e);
		if (known !== undefined) return known;
		const waiting = this.#state.sums.get(e.id) ?? newTally();
		const builder = new ChunkBuilder(this.#engine.clock, e.config.conditions, waiting);
		this.#builders.set(e, builder);
		return builder;
	}
}
