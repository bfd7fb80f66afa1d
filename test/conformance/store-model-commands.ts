import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EndpointAnswer, Outcome, Row } from '../../core/buffer/store';
import { aLatest, latestTexts } from './latest-fixtures';
import { aRow, someError, toText } from './store-fixtures';
import { claimOne, putOne, type Real } from './store-model-real';
import {
	checkDocuments,
	putDocuments,
	removeDocument,
	somePut,
	someRemove,
} from './store-model-documents';
import { someAnswer } from './store-model-failures';
import { checkDeadLetters, checkRows, checkStore, checkWaiting } from './store-model-check';
import {
	type GivenLease,
	isOpen,
	type Model,
	type ModelBatch,
	type ModelExport,
	type ModelRow,
} from './store-model';

type Run = (model: Model, real: Real) => Promise<void>;

/** One command: plain data, so that fast-check can show and shrink it. A number that chooses is taken modulo what there is. */
class Command implements fc.AsyncCommand<Model, Real> {
	readonly #name: string;
	readonly #run: Run;

	constructor(name: string, data: unknown, run: Run) {
		this.#name = `${name} ${JSON.stringify(data)}`;
		this.#run = run;
	}

	check(): boolean {
		return true;
	}

	async run(model: Model, real: Real): Promise<void> {
		await this.#run(model, real);
		await checkStore(model, real.store);
	}

	toString(): string {
		return this.#name;
	}
}

function command<Data>(
	name: string,
	data: fc.Arbitrary<Data>,
	run: (model: Model, real: Real, data: Data) => Promise<void>,
): fc.Arbitrary<Command> {
	return data.map((one) => new Command(name, one, (model, real) => run(model, real, one)));
}

const anExportNumber = fc.nat({ max: 2 });
const aLeaseMs = fc.constantFrom(1_000, 30_000, 120_000);

/** Keys of producers are often the same, their windows often not. */
const aKey = fc.record({ key: fc.nat({ max: 5 }), windowMs: fc.constantFrom(60_000, 5_000) });

const anEvent = fc.record({
	rows: fc.array(
		fc.record({
			export: anExportNumber,
			padding: fc.integer({ min: 1, max: 120 }),
			key: fc.option(fc.nat({ max: 3 }), { freq: 3, nil: undefined }),
			isDead: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
		}),
		{ minLength: 1, maxLength: 4 },
	),
	keys: fc
		.option(fc.array(aKey, { minLength: 1, maxLength: 3 }), { freq: 4, nil: undefined })
		.map((keys) => keys ?? []),
	latest: fc.option(fc.record({ key: fc.nat({ max: 2 }), at: fc.integer({ min: -1, max: 3 }) }), {
		freq: 2,
		nil: undefined,
	}),
});

const append = command(
	'append',
	fc.record({
		requests: fc.array(fc.array(anEvent, { minLength: 1, maxLength: 3 }), {
			minLength: 1,
			maxLength: 3,
		}),
		/** The last event of this request has a row that no store takes. */
		wrong: fc.option(fc.nat({ max: 2 }), { freq: 3, nil: undefined }),
		lagMs: fc.constantFrom(0, 0, 0, 1_500, 70_000),
	}),
	async (model, real, { requests, wrong, lagMs }) => {
		const receivedAt = real.clock.now() - lagMs;
		const made = requests.map((events) =>
			events.map((event) => {
				const lines = event.rows.map((line) => {
					const e = exportAt(model, line.export);
					const row = aRow(real.clock, model.newText(line.padding), {
						exportId: e.exportId,
						receivedAt,
						mappingRevision: e.revision,
						// Those that are put aside at once have no place in the order.
						...(line.key === undefined || line.isDead ? {} : { sequenceKey: keyText(line.key) }),
					});
					return { e, row, isDead: line.isDead };
				});
				const dedupeKeys = event.keys.map(({ key, windowMs }) => ({
					key: `push ${key}`,
					windowMs,
				}));
				const latest =
					event.latest &&
					aLatest(`key ${event.latest.key}`, model.newText(9), { at: event.latest.at });
				return { lines, dedupeKeys, latest };
			}),
		);
		const missing = aRow(real.clock, 'missing', { exportId: `${real.receiverId}/missing` });
		// All at once: they share groups, and are stored in the order in which they were asked for.
		const results = await Promise.allSettled(
			made.map((events, index) =>
				real.store.append({
					receiverId: real.receiverId,
					events: [
						...events.map(({ lines, dedupeKeys, latest }) => ({
							dedupeKeys,
							...(latest === undefined ? {} : { latest }),
							rows: lines.filter(({ isDead }) => !isDead).map(({ row }) => row),
							dead: lines
								.filter(({ isDead }) => isDead)
								.map(({ row }) => ({ rows: [row], error: someError })),
						})),
						...(index === wrong ? [{ rows: [missing] }] : []),
					],
				}),
			),
		);
		for (const [index, events] of made.entries()) {
			const result = results[index];
			if (index === wrong) {
				assert.ok(result?.status === 'rejected');
				assert.equal(result.reason.code, 'ERR_EXPORT_UNKNOWN', 'a request is stored whole (I2)');
				continue;
			}
			if (result?.status !== 'fulfilled') throw result?.reason;
			const known = events.map(({ lines, dedupeKeys, latest }) => {
				const positions = model.seeKeys(dedupeKeys);
				if (positions.length > 0) return positions;
				if (latest !== undefined) model.keepLatest(latest);
				const inOrder = lines.toSorted((a, b) => Number(a.isDead) - Number(b.isDead));
				for (const { e, row, isDead } of inOrder) model.append(toModelRow(model, row), e, isDead);
				return positions;
			});
			const isAny = known.map((positions) => positions.length > 0);
			assert.deepEqual(result.value.duplicates, isAny, 'a known key stores nothing (I19)');
			const expected = isAny.includes(true) ? known : undefined;
			assert.deepEqual(result.value.knownKeys, expected, 'and is told');
		}
	},
);

const claim = command(
	'claim',
	fc.record({
		export: anExportNumber,
		flush: fc.boolean(),
		leaseMs: aLeaseMs,
		liveMs: fc.constantFrom(undefined, undefined, undefined, 1_000, 60_000, 90_000),
	}),
	async (model, real, { export: number, flush, leaseMs, liveMs }) => {
		await claimOne(model, real, exportAt(model, number), flush, leaseMs, liveMs);
	},
);

const renew = command('renew', fc.record({ lease: fc.nat({ max: 6 }) }), async (model, real, o) => {
	const given = leaseAt(model, o.lease);
	if (given === undefined) return;
	const batch = model.batchOf(given);
	if (batch?.lease === undefined || !model.isLeased(batch)) {
		return assertLost(real.store.renew(given.lease));
	}
	batch.lease.untilAt = model.nowAt + batch.lease.lengthMs;
	assert.deepEqual(await real.store.renew(given.lease), {
		batchId: given.lease.batchId,
		token: given.lease.token,
		until: model.toWall(batch.lease.untilAt),
	});
});

const settle = command(
	'settle',
	fc.record({
		lease: fc.nat({ max: 6 }),
		kind: fc.constantFrom(
			'ack',
			'ack',
			'ack',
			'retry',
			'retry',
			'dead',
			'release',
			'split',
			'split',
		),
		delayMs: fc.option(fc.integer({ min: -1_000, max: 90_000 }), { freq: 3, nil: undefined }),
		answer: someAnswer,
		fates: fc.array(fc.constantFrom('ack', 'retry', 'hold', 'dead'), {
			minLength: 9,
			maxLength: 9,
		}),
	}),
	async (model, real, { lease, kind, delayMs, fates, answer }) => {
		const given = leaseAt(model, lease);
		if (given === undefined) return;
		const at = delayMs === undefined ? undefined : real.clock.now() + delayMs;
		const fated = (wanted: string) =>
			given.texts.flatMap((_, position) =>
				fates[position % fates.length] === wanted ? [position] : [],
			);
		const outcome = outcomeOf(kind, at, {
			retry: fated('retry'),
			hold: fated('hold'),
			dead: fated('dead'),
			...(answer ? { answer } : {}),
		});
		const batch = model.batchOf(given);
		if (batch === undefined) return assertLost(real.store.settle(given.lease, outcome));
		await real.store.settle(given.lease, outcome);
		const e = model.export(given.exportId);
		const nextAt = at === undefined ? model.nowAt : model.fromWall(at);
		if (outcome.kind === 'ack') model.ack(e, batch);
		if (outcome.kind === 'retry') model.retry(batch, nextAt, answer);
		if (outcome.kind === 'dead') model.bury(e, batch, answer);
		if (outcome.kind === 'release') model.release(batch);
		if (outcome.kind === 'split') model.split(e, batch, { ...outcome, nextAt });
	},
);

const reread = command(
	'reread',
	fc.record({ lease: fc.nat({ max: 6 }) }),
	async (model, _real, o) => {
		const given = leaseAt(model, o.lease);
		const batch = given && model.batchOf(given);
		if (given?.rows === undefined || batch === undefined) return;
		await checkRows({ rows: given.rows }, batch);
	},
);

const look = command(
	'look',
	fc.record({
		export: anExportNumber,
		sinceMs: fc.constantFrom(undefined, 0, 1_500, 60_000),
		untilMs: fc.constantFrom(undefined, 0, 1_500, 60_000),
	}),
	async (model, real, { export: number, sinceMs, untilMs }) => {
		const e = exportAt(model, number);
		await checkDeadLetters(model, e, real.store);
		const at = (ms: number | undefined) => (ms === undefined ? undefined : real.clock.now() - ms);
		await checkWaiting(e, real.store, { from: at(sinceMs), to: at(untilMs) });
		assert.deepEqual(
			await latestTexts(real.store, real.receiverId),
			model.latestTexts(),
			'the last event of each key (S40)',
		);
	},
);

const replay = command(
	'replay',
	fc.record({ export: anExportNumber, one: fc.option(fc.nat({ max: 3 }), { nil: undefined }) }),
	async (model, real, o) => {
		const e = exportAt(model, o.export);
		if (o.one === undefined) {
			const dead = e.batches.filter((b) => !isOpen(b));
			const found = await real.store.replay({ exportId: e.exportId });
			return assert.deepEqual(found, model.replay(e, dead));
		}
		const one = await deadLetterAt(model, real, e, o.one);
		if (one?.id === undefined) return;
		const found = await real.store.replay({ batchId: one.id });
		assert.deepEqual(found, model.replay(e, [one]));
	},
);

const retryNow = command('retryNow', anExportNumber, async (model, real, number) => {
	const e = exportAt(model, number);
	assert.equal(await real.store.retryNow(e.exportId), model.retryNow(e));
});

const purge = command(
	'purge',
	fc.record({
		export: anExportNumber,
		what: fc.constantFrom('waiting', 'dead', 'all', 'one', 'one', 'one'),
		one: fc.nat({ max: 3 }),
	}),
	async (model, real, { export: number, what, one }) => {
		const e = exportAt(model, number);
		if (what === 'one') {
			const batch = await deadLetterAt(model, real, e, one);
			if (batch?.id === undefined) return;
			const rows = model.purge(e, [batch], false);
			return assert.deepEqual(await real.store.purge({ batchId: batch.id }), { rows });
		}
		const chosen = e.batches.filter((b) => what === 'all' || isOpen(b) === (what === 'waiting'));
		const rows = model.purge(e, chosen, what !== 'dead');
		assert.deepEqual(await real.store.purge({ exportId: e.exportId, what }), { rows });
	},
);

const setState = command(
	'setState',
	fc.record({
		export: anExportNumber,
		state: fc.constantFrom(
			'ACTIVE',
			'ACTIVE',
			'ACTIVE',
			'PAUSED',
			'USER_DISABLED',
			'SYSTEM_DISABLED',
		),
		from: fc.constantFrom(undefined, undefined, 'ACTIVE', 'PAUSED'),
	}),
	async (model, real, { export: number, state, from }) => {
		const e = exportAt(model, number);
		const was = e.state;
		const isSet = from === undefined || from === was;
		const dropped = isSet ? model.setState(e, state) : 0;
		const answer = await real.store.setState(e.exportId, state, from === undefined ? {} : { from });
		assert.deepEqual(answer, { was, dropped });
	},
);

const anExportChange = fc.record({
	count: fc.integer({ min: 1, max: 9 }),
	sizeBytes: fc.integer({ min: 100, max: 400 }),
	timeMs: fc.constantFrom(1_000, 30_000, 600_000),
	idleMs: fc.option(fc.constantFrom(2_000, 20_000), { nil: undefined }),
	output: fc.constantFrom('record', 'record', 'cells'),
	order: fc.constantFrom('any', 'any', 'strict', 'key', 'key', 'key'),
	maxInFlight: fc.integer({ min: 1, max: 3 }),
	liveFirst: fc.boolean(),
});

const putExport = command(
	'putExport',
	fc.record({ export: anExportNumber, change: anExportChange }),
	async (model, real, o) => putOne(model, real, o.export, o.change),
);

const removeExport = command(
	'removeExport',
	fc.record({
		export: anExportNumber,
		how: fc.constantFrom('drop', 'drain'),
		change: anExportChange,
	}),
	async (model, real, o) => {
		const e = exportAt(model, o.export);
		await real.store.removeExport(e.exportId, o.how);
		const row = aRow(real.clock, 'late', { exportId: e.exportId, mappingRevision: e.revision });
		await assert.rejects(
			real.store.append({ receiverId: real.receiverId, events: [{ rows: [row] }] }),
			{
				code: 'ERR_EXPORT_UNKNOWN',
			},
		);
		// One that drains is gone at once when it has nothing.
		const { rows, openRows, deadRows } = model.countersOf(e);
		if (o.how === 'drop' || rows + openRows + deadRows === 0) {
			assert.equal(await real.store.getExport(e.exportId), undefined);
			model.drop(e);
			e.state = 'ACTIVE';
		}
		await putOne(model, real, [...model.exports.keys()].indexOf(e.exportId), o.change);
	},
);

const passTime = command(
	'passTime',
	fc.oneof(
		{ weight: 4, arbitrary: fc.integer({ min: 1, max: 50_000 }) },
		// Rows are exactly as old as a condition or a claim of live ones says.
		{ weight: 2, arbitrary: fc.constantFrom(1_000, 30_000, 60_000) },
		{ weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: -1 }) },
		{ weight: 1, arbitrary: fc.integer({ min: 60_000, max: 7_200_000 }) },
	),
	async (model, real, ms) => {
		real.clock.advance(ms);
		model.passTime(ms);
	},
);

const reopen = command('reopen', fc.nat({ max: 11 }), async (model, real, chance) => {
	if (real.reopen === undefined || chance % real.reopenEvery > 0) return;
	// Store time goes on from when it was last written (S31): with each group, or once a minute. The model does not know that.
	real.clock.advance(60_000);
	model.passTime(60_000);
	const e = exportAt(model, 0);
	await real.store.setState(e.exportId, e.state);
	model.setState(e, e.state);
	real.store = await real.reopen(real.store);
	for (const given of model.leases) given.rows = undefined;
	if (real.endsLeases) model.endLeases();
	await checkDocuments(model, real.store, real.receiverId);
});

const putDocument = command(
	'putDocument',
	fc.array(somePut, { minLength: 1, maxLength: 3 }),
	putDocuments,
);

const dropDocument = command('removeDocument', someRemove, removeDocument);

/** Each as often as it is named. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
	...[append, append, append, append, claim, claim, claim, claim, settle, settle, settle, settle],
	...[renew, reread, look, replay, retryNow, purge, setState, putExport, putExport, removeExport],
	...[passTime, passTime, passTime, reopen, putDocument, putDocument, dropDocument],
];

/** The exports that a run begins with. */
export const someExportChanges = fc.array(anExportChange, { minLength: 3, maxLength: 3 });

async function deadLetterAt(
	model: Model,
	real: Real,
	e: ModelExport,
	number: number,
): Promise<ModelBatch | undefined> {
	await checkDeadLetters(model, e, real.store);
	const dead = e.batches.filter((b) => !isOpen(b));
	return dead[number % Math.max(1, dead.length)];
}

function exportAt(model: Model, number: number): ModelExport {
	const all = [...model.exports.values()];
	const found = all[number % all.length];
	assert.ok(found);
	return found;
}

/** The newest first. */
function leaseAt(model: Model, number: number): GivenLease | undefined {
	return model.leases[number % Math.max(1, Math.min(model.leases.length, 7))];
}

async function assertLost(call: Promise<unknown>): Promise<void> {
	await assert.rejects(call, { code: 'ERR_LEASE_LOST' }, 'a stale token changes nothing (I6)');
}

function outcomeOf(
	kind: Outcome['kind'],
	at: number | undefined,
	{
		answer,
		...positions
	}: Record<'retry' | 'hold' | 'dead', readonly number[]> & { readonly answer?: EndpointAnswer },
): Outcome {
	const failed = { error: someError, ...(answer ? { answer } : {}) };
	if (kind === 'retry') return { kind, ...failed, ...(at === undefined ? {} : { at }) };
	if (kind === 'dead') return { kind, ...failed };
	if (kind === 'split') {
		return { kind, ...positions, ...failed, ...(at === undefined ? {} : { retryAt: at }) };
	}
	return { kind };
}

function toModelRow(model: Model, row: Row): ModelRow {
	return {
		text: toText(row),
		revision: row.mappingRevision,
		receivedAt: row.receivedAt,
		arrivedAt: Math.min(model.fromWall(row.receivedAt), model.nowAt),
		rowId: 0,
		seq: model.nextSeq++,
		key: row.sequenceKey,
		isHeld: false,
		isLoose: false,
	};
}

/** Short ones and long ones. */
function keyText(number: number): string {
	return number === 3 ? 'long '.repeat(100) : `key ${number}`;
}
