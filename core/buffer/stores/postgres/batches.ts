import type { Output } from '../../../config';
import type { Column } from '../../../mapping/column';
import { UNMAPPED_REVISION } from '../../store';
import { answerBytesOf, type FinalFailure, type KeptFailure } from '../kept-failure';
import { countDead, countOpen } from '../tally';
import type { Query } from '../../../postgres/connection';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { freeKeys } from './key-tables';

export interface BatchRecord {
	readonly number: number;
	readonly exportNumber: number;
	readonly mappingRevision: number;
	readonly count: number;
	readonly sizeBytes: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly arrivedAt: number;
	readonly state: 'open' | 'dead';
	readonly reason: string;
	readonly token: number;
	readonly leaseMs: number;
	readonly leaseUntil: number | undefined;
	readonly attempts: number;
	readonly nextAt: number;
	readonly deadAt: number;
	/** Row id of its first row, or UNNUMBERED. */
	readonly firstRow: number;
	readonly failure: KeptFailure | undefined;
	/** Of a dead letter the whole text of the answer, where that is longer than the failure's. */
	readonly answer: string | undefined;
	readonly answerBytes: number;
	/** The random part of its key. */
	readonly salt: string;
	/** The number of the batch that its rows were in first (I22). */
	readonly place: number;
	/** Its keys are known (key-tables.ts). */
	readonly isKeyed: boolean;
}

/** Rows get their ids with the first claim; a batch that was never claimed comes last in strict order. */
export const UNNUMBERED = Number.MAX_SAFE_INTEGER;

export interface BatchRow {
	readonly id: number;
	readonly export: number;
	readonly revision: number;
	readonly n: number;
	readonly bytes: number;
	readonly first_at: number;
	readonly last_at: number;
	readonly arrived_at: number;
	readonly state: string;
	readonly reason: string;
	readonly token: number;
	readonly lease_ms: number | null;
	readonly lease_until: number | null;
	readonly attempts: number;
	readonly next_at: number;
	readonly dead_at: number;
	readonly first_row: number;
	readonly error_at: number | null;
	readonly error_code: string | null;
	readonly error_message: string | null;
	readonly answer_status: number | null;
	readonly answer_text: string | null;
	readonly answer: string | null;
	readonly answer_bytes: number;
	readonly salt: string;
	readonly place: number | null;
	readonly is_keyed: boolean;
}

export type NewBatch = Pick<
	BatchRecord,
	| 'mappingRevision'
	| 'count'
	| 'sizeBytes'
	| 'firstAt'
	| 'lastAt'
	| 'arrivedAt'
	| 'state'
	| 'reason'
	| 'attempts'
	| 'nextAt'
	| 'firstRow'
> & {
	readonly failure?: KeptFailure | FinalFailure | undefined;
	/** The batch whose rows these were (S37). */
	readonly origin?: number;
	/** Where it is not its own number. */
	readonly place?: number;
	/** The caller gives it its keys. */
	readonly isKeyed?: boolean;
};

const INSERT = `
INSERT INTO @batch (export, revision, n, bytes, first_at, last_at, arrived_at, state, reason, token, attempts, next_at, dead_at,
	origin, first_row, error_at, error_code, error_message, answer_status, answer_text, answer, answer_bytes,
	place, is_keyed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) RETURNING id`;

const BURY = `
UPDATE @batch SET state = 'dead', dead_at = $2, error_at = $3, error_code = $4, error_message = $5, answer_status = $6,
	answer_text = $7, answer = $8, answer_bytes = $9, owner = NULL, lease_until = NULL,
	is_keyed = false, is_blocked = false WHERE id = $1`;

const RETRY = `
UPDATE @batch SET owner = NULL, lease_until = NULL, next_at = $2, error_at = $3, error_code = $4, error_message = $5,
	answer_status = $6, answer_text = $7, attempts = attempts - $8 WHERE id = $1`;

/** The batch, and nobody else changes it until the transaction ends. */
export async function lockBatch(query: Query, number: number): Promise<BatchRecord | undefined> {
	if (!Number.isSafeInteger(number)) return undefined;
	const [row] = await query<BatchRow>('SELECT * FROM @batch WHERE id = $1 FOR UPDATE', [number]);
	return row === undefined ? undefined : toBatch(row);
}

export async function addBatch(
	engine: Engine,
	tx: Transaction,
	e: Pick<ExportRecord, 'id'>,
	batch: NewBatch,
): Promise<number> {
	const { failure } = batch;
	const final = failure && 'answer' in failure && batch.state === 'dead' ? failure : undefined;
	const [row] = await tx.query<{ id: number }>(INSERT, [
		e.id,
		batch.mappingRevision,
		batch.count,
		batch.sizeBytes,
		batch.firstAt,
		batch.lastAt,
		batch.arrivedAt,
		batch.state,
		batch.reason,
		batch.attempts,
		batch.nextAt,
		engine.clock.nowAt,
		batch.origin ?? null,
		batch.firstRow,
		...failureValues(failure),
		...answerValues(final),
		batch.place ?? null,
		batch.isKeyed ?? false,
	]);
	if (batch.state === 'open') countOpen(deltaOf(tx, e.id), batch, 1);
	else countDead(deltaOf(tx, e.id), { ...batch, answerBytes: final ? answerBytesOf(final) : 0 }, 1);
	return row?.id ?? 0;
}

/** Takes the batch away; the caller has put its rows elsewhere. */
export async function removeBatch(tx: Transaction, batch: BatchRecord): Promise<void> {
	await tx.query('DELETE FROM @batch WHERE id = $1', [batch.number]);
	if (batch.isKeyed) await freeKeys(tx.query, batch.exportNumber, batch.number);
	const delta = deltaOf(tx, batch.exportNumber);
	if (batch.state === 'open') countOpen(delta, batch, -1);
	else countDead(delta, batch, -1);
}

/** Takes the batch away with its rows. */
export async function removeWithRows(tx: Transaction, batch: BatchRecord): Promise<void> {
	await tx.query('DELETE FROM @chunk WHERE batch = $1', [batch.number]);
	await removeBatch(tx, batch);
}

export async function purgeBatch(tx: Transaction, batch: BatchRecord): Promise<number> {
	await removeWithRows(tx, batch);
	deltaOf(tx, batch.exportNumber).purgedTotal += batch.count;
	return batch.count;
}

export async function buryBatch(
	engine: Engine,
	tx: Transaction,
	batch: BatchRecord,
	failure: FinalFailure,
): Promise<void> {
	const values = [...failureValues(failure), ...answerValues(failure)];
	await tx.query(BURY, [batch.number, engine.clock.nowAt, ...values]);
	if (batch.isKeyed) await freeKeys(tx.query, batch.exportNumber, batch.number);
	const delta = deltaOf(tx, batch.exportNumber);
	countOpen(delta, batch, -1);
	countDead(delta, { ...batch, answerBytes: answerBytesOf(failure) }, 1);
}

/** It comes again, with what went wrong. */
export async function retryBatch(
	{ query }: Transaction,
	batch: BatchRecord,
	o: { readonly nextAt: number; readonly failure: KeptFailure; readonly isUncounted: boolean },
): Promise<void> {
	await query(RETRY, [batch.number, o.nextAt, ...failureValues(o.failure), Number(o.isUncounted)]);
}

/** Values of the columns error_at … answer_text. */
export function failureValues(failure: KeptFailure | undefined) {
	if (failure === undefined) return [null, null, null, null, null];
	const { at, code, message, status, text } = failure;
	return [at, code, message, status ?? null, text ?? null];
}

/** Values of the columns answer, answer_bytes. */
export function answerValues(final: FinalFailure | undefined) {
	if (final?.answer === undefined) return [null, 0];
	return [final.answer === final.text ? null : final.answer, answerBytesOf(final)];
}

/** What of a row is a failure. */
export type FailureRow = Pick<
	BatchRow,
	'error_at' | 'error_code' | 'error_message' | 'answer_status' | 'answer_text'
>;

export function toFailure(row: FailureRow): KeptFailure | undefined {
	if (row.error_at === null) return undefined;
	return {
		at: row.error_at,
		code: row.error_code ?? '',
		message: row.error_message ?? '',
		status: row.answer_status ?? undefined,
		text: row.answer_text ?? undefined,
	};
}

/** How the rows of a mapping revision are laid out. */
export interface Revision {
	readonly output: Output;
	readonly columns?: readonly Column[];
}

export async function findRevision(
	query: Query,
	e: ExportRecord,
	mappingRevision: number,
): Promise<Revision> {
	if (mappingRevision === UNMAPPED_REVISION) return { output: 'event' };
	const { config } = e;
	if (mappingRevision === e.mappingRevision) {
		return { output: config.output, ...(config.columns ? { columns: config.columns } : {}) };
	}
	const [row] = await query<{ output: string; columns: string | null }>(
		'SELECT output, columns FROM @revision WHERE export = $1 AND number = $2',
		[e.id, mappingRevision],
	);
	return {
		output: row === undefined ? config.output : (row.output as Output),
		...(row?.columns ? { columns: JSON.parse(row.columns) as Column[] } : {}),
	};
}

/** A dead letter that names rows lost to a damaged chunk (S50): there is nothing to read or to replay. */
export const DAMAGED = 'damaged';

export function toBatch(row: BatchRow): BatchRecord {
	return {
		number: row.id,
		exportNumber: row.export,
		mappingRevision: row.revision,
		count: row.n,
		sizeBytes: row.bytes,
		firstAt: row.first_at,
		lastAt: row.last_at,
		arrivedAt: row.arrived_at,
		state: row.state === 'dead' ? 'dead' : 'open',
		reason: row.reason,
		token: row.token,
		leaseMs: row.lease_ms ?? 0,
		leaseUntil: row.lease_until ?? undefined,
		attempts: row.attempts,
		nextAt: row.next_at,
		deadAt: row.dead_at,
		firstRow: row.first_row,
		failure: toFailure(row),
		answer: row.answer ?? undefined,
		answerBytes: row.answer_bytes,
		salt: row.salt,
		place: row.place ?? row.id,
		isKeyed: row.is_keyed,
	};
}
