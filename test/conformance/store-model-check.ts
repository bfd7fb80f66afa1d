import assert from 'node:assert/strict';
import type { Store } from '../../core/buffer/store';
import { toText } from './store-fixtures';
import { checkDeadFailure, checkNewest } from './store-model-failures';
import {
	isOpen,
	type Model,
	type ModelBatch,
	type ModelExport,
	type ModelRow,
} from './store-model';

/** After every command: counters (I10), waiting rows in their order (I11), and when there is something to do. */
export async function checkStore(model: Model, store: Store): Promise<void> {
	const known = new Map((await store.counters()).map((counters) => [counters.exportId, counters]));
	for (const e of model.exports.values()) {
		const { oldestAt, ...counters } = model.countersOf(e);
		const { lastFailure, oldestAt: shownAt, ...shown } = known.get(e.exportId) ?? {};
		assert.deepEqual(shown, counters, 'counters are what is stored (I10)');
		if (e.waiting.some(isElsewhere)) assert.ok(e.waiting.some((row) => row.receivedAt === shownAt));
		else assert.equal(shownAt, oldestAt, `oldestAt of ${e.exportId}`);
		checkNewest(lastFailure, model.failuresOf(e), (at) => model.toWall(at));
		const waiting = await store.peek(e.exportId, { limit: 1_000 });
		checkWaits(
			waiting.map((row) => [toText(row), row.rowId, row.mappingRevision, row.receivedAt]),
			e,
		);
	}
	const nowAt = model.toWall(model.nowAt);
	const due = await store.nextDue([...model.exports.values()].map(({ exportId }) => exportId));
	for (const e of model.exports.values()) {
		const at = due.get(e.exportId);
		assert.equal(at && Math.max(at, nowAt), model.nextDueOf(e), `nextDue of ${e.exportId}`);
	}
}

type Waits = readonly [text: string, ...numbers: number[]];

/** It was replayed and is held, and may stand anywhere among the others: some such rows came live, before older ones that no claim has come to. */
function isElsewhere({ isHeld, isLoose }: ModelRow): boolean {
	return isHeld && isLoose;
}

function checkWaits(found: readonly Waits[], e: ModelExport): void {
	const moved = new Set(e.waiting.filter(isElsewhere).map(({ text }) => text));
	const wanted = e.waiting.map((row): Waits => [row.text, row.rowId, row.revision, row.receivedAt]);
	const inPlace = (rows: readonly Waits[]) => rows.filter(([text]) => !moved.has(text));
	assert.deepEqual(
		inPlace(found),
		inPlace(wanted),
		'waiting rows are those appended, in their order (I11)',
	);
	assert.deepEqual(byText(found), byText(wanted), 'all that wait are shown');
}

function byText(rows: readonly Waits[]): Waits[] {
	return rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** What is read where it lies: all that no claim has come to and that came in this time, in its order. */
export async function checkWaiting(
	e: ModelExport,
	store: Store,
	o: { readonly from: number | undefined; readonly to: number | undefined },
): Promise<void> {
	const texts: string[] = [];
	for (let [after, isLast]: [string | undefined, boolean] = [undefined, false]; !isLast;) {
		const page = await store.readWaiting(e.exportId, { ...o, after });
		texts.push(...page.rows.map(toText));
		({ end: after, isLast } = page);
	}
	const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = o;
	const wanted = e.waiting.filter(
		({ isHeld, receivedAt }) => !isHeld && receivedAt >= from && receivedAt < to,
	);
	assert.deepEqual(
		texts,
		wanted.map(({ text }) => text),
		'readWaiting',
	);
}

/** What a claim gave, read at once or later: the same rows, bytes, ids and order each time (I4, I5, I11). */
export async function checkRows(
	source: { rows(): AsyncIterable<{ payload: Uint8Array; rowId: number }[]> },
	batch: Pick<ModelBatch, 'rows'>,
): Promise<void> {
	const rows: [string, number][] = [];
	for await (const slice of source.rows()) {
		rows.push(...slice.map((row): [string, number] => [toText(row), row.rowId]));
	}
	assert.deepEqual(
		rows,
		batch.rows.map(({ text, rowId }) => [text, rowId]),
		'a batch has its rows, in their order (I4, I5, I11)',
	);
}

/** No row of a key goes before an earlier one of it, and no two batches with one key are out at once (I22). */
export function checkKeyOrder(model: Model, e: ModelExport, claimed: ModelBatch): void {
	if (e.config.order !== 'key') return;
	const others = e.batches.filter((b) => isOpen(b) && b !== claimed);
	for (const row of claimed.rows.filter(({ key }) => key !== undefined)) {
		const isBefore = (other: ModelRow) =>
			other.key === row.key && other.seq < row.seq && !other.isLoose && !row.isLoose;
		const left = [...e.waiting, ...others.flatMap(({ rows }) => rows)];
		assert.ok(!left.some(isBefore), `${row.text} goes before an earlier row of ${row.key}`);
		const isOut = others.some(
			(b) => model.isLeased(b) && b.rows.some((other) => other.key === row.key && !other.isLoose),
		);
		assert.ok(!isOut || row.isLoose, `${row.key} is in two batches that are leased`);
	}
}

/** Dead letters are those of the model, whole and oldest first; their ids become known by it. */
export async function checkDeadLetters(model: Model, e: ModelExport, store: Store): Promise<void> {
	const letters = await store.deadLetters({ exportId: e.exportId, limit: 1_000 });
	const dead = e.batches.filter((b) => !isOpen(b));
	assert.equal(letters.length, dead.length, 'dead letters');
	let lastAt = Number.NEGATIVE_INFINITY;
	for (const letter of letters) {
		assert.ok(letter.deadAt >= lastAt, 'oldest first');
		lastAt = letter.deadAt;
		const [first] = await firstTexts(letter);
		const batch = dead.find(({ rows }) => rows[0]?.text === first);
		assert.ok(batch, `nobody buried ${first}`);
		assert.ok(batch.id === undefined || batch.id === letter.batchId, 'a dead letter keeps its id');
		batch.id = letter.batchId;
		assert.deepEqual(
			[letter.count, letter.attempts, letter.deadAt],
			[batch.rows.length, batch.attempts, model.toWall(batch.deadAt)],
		);
		checkDeadFailure(letter.error, batch.failure, (at) => model.toWall(at));
		await checkRows(letter, batch);
	}
}

async function firstTexts(source: {
	rows(): AsyncIterable<{ payload: Uint8Array }[]>;
}): Promise<string[]> {
	for await (const slice of source.rows()) return slice.map(toText);
	return [];
}
