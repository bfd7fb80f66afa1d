/** Many batches in one statement: with one after the other, others would wait for seconds. */
import { countDead } from '../tally';
import { answerBytesOf, type FinalFailure } from '../kept-failure';
import { answerValues, type BatchRecord, failureValues, UNNUMBERED } from './batches';
import type { NewChunk } from './chunks';
import { deltaOf, type Engine, type Transaction } from './engine';

type Scalar = string | number | null;

const PURGED_AT_ONCE = 500;

/** Numbers are given first, so that each row's chunk knows its own. */
const TAKE_NUMBERS = `
SELECT nextval(pg_get_serial_sequence('@batch', 'id')) AS id FROM generate_series(1, $1::int)`;

const INSERT_DEAD = `
INSERT INTO @batch (id, export, revision, n, bytes, first_at, last_at, arrived_at, state, reason, token, attempts, next_at, dead_at,
	first_row, error_at, error_code, error_message, answer_status, answer_text, answer, answer_bytes)
OVERRIDING SYSTEM VALUE
SELECT id, export, revision, n, bytes, at, last_at, arrived_at, 'dead', 'replay', 0, attempts, 0, $17, $18, error_at, code, message,
	status, text, answer, answer_bytes
FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::bigint[], $6::double precision[], $7::double precision[],
	$8::double precision[], $9::int[], $10::double precision[], $11::text[], $12::text[], $13::int[], $14::text[], $15::text[], $16::int[])
	AS d(id, export, revision, n, bytes, at, last_at, arrived_at, attempts, error_at, code, message, status, text, answer, answer_bytes)`;

/** A slice of batches with their rows: the oldest of these states, or those that were put aside until an instant. */
const PURGE = `
WITH old AS (
	SELECT id, state, n, bytes + answer_bytes AS bytes FROM @batch
	WHERE export = $1 AND state = ANY($2::text[]) AND ($3::double precision IS NULL OR dead_at <= $3)
	ORDER BY id LIMIT ${PURGED_AT_ONCE} FOR UPDATE
), their_rows AS (DELETE FROM @chunk c USING old WHERE c.batch = old.id),
their_keys AS (DELETE FROM @busy_key k USING old WHERE k.batch = old.id),
gone AS (DELETE FROM @batch b USING old WHERE b.id = old.id)
SELECT state, count(*)::int AS batches, sum(n)::bigint AS n, sum(bytes)::bigint AS bytes FROM old GROUP BY state`;

/** A dead letter with its chunks. */
export interface NewLetter {
	readonly exportNumber: number;
	readonly chunks: readonly NewChunk[];
	readonly failure: FinalFailure;
	readonly attempts: number;
}

/** Dead letters, all at once; each has a chunk at least. @returns their numbers, in order */
export async function addLetters(
	engine: Engine,
	tx: Transaction,
	letters: readonly NewLetter[],
): Promise<number[]> {
	const taken = await tx.query<{ id: number }>(TAKE_NUMBERS, [letters.length]);
	const numbers = taken.map(({ id }) => id);
	const sum = (of: (chunk: NewChunk) => number) =>
		letters.map(({ chunks }) => chunks.reduce((total, chunk) => total + of(chunk), 0));
	const [counts, bytes] = [sum(({ count }) => count), sum((chunk) => chunk.bytes)];
	await tx.query(INSERT_DEAD, [
		numbers,
		letters.map(({ exportNumber }) => exportNumber),
		letters.map(({ chunks }) => chunks[0]?.mappingRevision ?? 0),
		counts,
		bytes,
		letters.map(({ chunks }) => chunks[0]?.at ?? 0),
		letters.map(({ chunks }) => chunks.at(-1)?.lastAt ?? 0),
		letters.map(({ chunks }) => chunks[0]?.arrivedAt ?? 0),
		letters.map(({ attempts }) => attempts),
		...columnsOf(
			letters.map(({ failure }) => [...failureValues(failure), ...answerValues(failure)]),
		),
		engine.clock.nowAt,
		UNNUMBERED,
	]);
	for (const [index, { exportNumber, failure }] of letters.entries()) {
		const [count = 0, sizeBytes = 0] = [counts[index], bytes[index]];
		const batch = { count, sizeBytes, answerBytes: answerBytesOf(failure) };
		countDead(deltaOf(tx, exportNumber), batch, 1);
	}
	return numbers;
}

/** Rows of values as columns. */
function columnsOf(rows: readonly (readonly Scalar[])[]): Scalar[][] {
	const [first = []] = rows;
	return first.map((_, column) => rows.map((row) => row[column] ?? null));
}

/**
 * Removes up to 500 batches with their rows, counted as purged.
 *
 * @param deadUntil only those put aside until then, in store time
 * @returns rows removed, and whether there are no more such batches
 */
export async function purgeBatches(
	tx: Transaction,
	exportNumber: number,
	states: readonly BatchRecord['state'][],
	deadUntil: number | null = null,
): Promise<{ rows: number; isLast: boolean }> {
	const sums = await tx.query<{ state: string; batches: number; n: number; bytes: number }>(PURGE, [
		exportNumber,
		states,
		deadUntil,
	]);
	const delta = deltaOf(tx, exportNumber);
	let [rows, batches] = [0, 0];
	for (const sum of sums) {
		rows += sum.n;
		batches += sum.batches;
		if (sum.state === 'open') {
			delta.openBatches -= sum.batches;
			delta.openRows -= sum.n;
			delta.openBytes -= sum.bytes;
		} else {
			delta.deadBatches -= sum.batches;
			delta.deadRows -= sum.n;
			delta.deadBytes -= sum.bytes;
		}
	}
	delta.purgedTotal += rows;
	return { rows, isLast: batches < PURGED_AT_ONCE };
}
