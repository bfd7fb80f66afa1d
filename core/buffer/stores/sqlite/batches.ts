import type { Output } from '../../../config';
import type { Column } from '../../../mapping/column';
import { UNMAPPED_REVISION } from '../../store';
import { newSalt } from '../batch-key';
import { answerBytesOf, type FinalFailure, type KeptFailure } from '../kept-failure';
import { countDead, countOpen } from '../tally';
import { releaseParts } from './chunks';
import { type SqlRow, toNumber, toOptionalNumber, toText } from './connection';
import { parseStored } from './damage';
import { type Engine, type ExportRecord, exportOfNumber } from './engine';
import { takeKeys } from './key-rows';
import type { Members, Part } from './members';
import {
	DELETE_ANSWER,
	DELETE_BATCH,
	INSERT_ANSWER,
	INSERT_BATCH,
	SELECT_BATCH,
	SELECT_NEWEST_FAILURE,
	SELECT_OF_STATE,
	SELECT_REVISIONS,
	UPDATE_BATCH_DEAD,
	UPDATE_BATCH_RETRY,
} from './sql';

export interface BatchRecord extends Members {
	readonly number: number;
	readonly export: ExportRecord;
	readonly mappingRevision: number;
	readonly state: 'open' | 'dead';
	readonly reason: string;
	readonly token: number;
	readonly attempts: number;
	readonly nextAt: number;
	readonly deadAt: number;
	readonly failure: KeptFailure | undefined;
	/** Of a dead letter's answer, what counts for the quota. */
	readonly answerBytes: number;
	/** The random part of its key. */
	readonly salt: string;
	/** The number of the batch that its rows were in first (I22). */
	readonly place: number;
}

export function findBatch(engine: Engine, batchNumber: number): BatchRecord | undefined {
	if (!Number.isSafeInteger(batchNumber)) return undefined;
	const row = engine.connection.get(SELECT_BATCH, batchNumber);
	return row === undefined ? undefined : toBatch(engine, row);
}

export function batchNumbersOf(engine: Engine, e: ExportRecord, state: 'open' | 'dead'): number[] {
	return engine.connection.all(SELECT_OF_STATE, e.number, state).map((row) => toNumber(row.id));
}

export function addBatch(
	engine: Engine,
	e: ExportRecord,
	members: Members,
	fields: {
		readonly mappingRevision: number;
		readonly reason: string;
		readonly state: 'open' | 'dead';
		readonly attempts: number;
		readonly nextAt: number;
		readonly failure?: KeptFailure | FinalFailure | undefined;
		/** The batch whose rows these were (S37). */
		readonly origin?: number;
		/** Where it is not its own number (I22). */
		readonly place?: number;
		/** Names of its rows' keys, where they are known. */
		readonly keys?: readonly string[] | undefined;
	},
): number {
	const number = engine.meta.nextBatch++;
	const { failure, state, place = number } = fields;
	const answer = failure && 'answer' in failure && state === 'dead' ? failure : undefined;
	const answerBytes = answer === undefined ? 0 : answerBytesOf(answer);
	engine.connection.run(
		INSERT_BATCH,
		number,
		e.number,
		fields.mappingRevision,
		JSON.stringify(members.parts),
		members.count,
		members.sizeBytes,
		members.firstAt,
		members.lastAt,
		members.arrivedAt,
		fields.state,
		fields.reason,
		fields.attempts,
		fields.nextAt,
		engine.time.nowAt,
		...failureValues(failure),
		answerBytes,
		fields.origin ?? null,
		newSalt(),
		place,
	);
	if (answer !== undefined) addAnswer(engine, number, answer);
	if (failure !== undefined) e.lastFailure = failure;
	if (state === 'open') {
		countOpen(e.tally, members, 1);
		takeKeys(engine, e, { number, place, parts: members.parts, keys: fields.keys });
	} else countDead(e.tally, { ...members, answerBytes }, 1);
	engine.changed.add(e);
	return number;
}

/** Takes the batch away; its rows stay in their chunks. */
export function removeBatch(engine: Engine, batch: BatchRecord): void {
	engine.connection.run(DELETE_BATCH, batch.number);
	if (batch.answerBytes > 0) engine.connection.run(DELETE_ANSWER, batch.number);
	if (batch.failure !== undefined) batch.export.lastFailure = 'unread';
	engine.leases.delete(batch.number);
	batch.export.keys.removeBatch(batch.number);
	if (batch.state === 'open') countOpen(batch.export.tally, batch, -1);
	else countDead(batch.export.tally, batch, -1);
	engine.changed.add(batch.export);
}

/** Takes the batch away with its rows. */
export function removeWithRows(engine: Engine, batch: BatchRecord): void {
	removeBatch(engine, batch);
	releaseParts(engine, batch.export, batch.parts);
}

/** It comes again, with what went wrong. */
export function retryBatch(
	engine: Engine,
	batch: BatchRecord,
	o: { readonly nextAt: number; readonly failure: KeptFailure; readonly isUncounted: boolean },
): void {
	engine.leases.delete(batch.number);
	const values = [o.nextAt, Number(o.isUncounted), ...failureValues(o.failure)] as const;
	engine.connection.run(UPDATE_BATCH_RETRY, ...values, batch.number);
	batch.export.lastFailure = o.failure;
}

export function buryBatch(engine: Engine, batch: BatchRecord, failure: FinalFailure): void {
	const { tally } = batch.export;
	const { nowAt } = engine.time;
	const answerBytes = answerBytesOf(failure);
	const values = [...failureValues(failure), answerBytes, batch.number] as const;
	engine.connection.run(UPDATE_BATCH_DEAD, nowAt, ...values);
	addAnswer(engine, batch.number, failure);
	batch.export.lastFailure = failure;
	engine.leases.delete(batch.number);
	batch.export.keys.removeBatch(batch.number);
	countOpen(tally, batch, -1);
	countDead(tally, { ...batch, answerBytes }, 1);
	engine.changed.add(batch.export);
}

/** The newest failure of all that is kept of an export. Asked for with every append to it, so it is read once. */
export function lastFailureOf(engine: Engine, e: ExportRecord): KeptFailure | undefined {
	if (e.lastFailure === 'unread') {
		const row = engine.connection.get(SELECT_NEWEST_FAILURE, e.number);
		e.lastFailure = row && toFailure(row);
	}
	return e.lastFailure;
}

function addAnswer(engine: Engine, number: number, { answer, text }: FinalFailure): void {
	if (answer !== undefined && answer !== text) engine.connection.run(INSERT_ANSWER, number, answer);
}

/** Values of the columns error_at … answer_text. */
function failureValues(failure: KeptFailure | undefined) {
	if (failure === undefined) return [null, null, null, null, null] as const;
	const { at, code, message, status, text } = failure;
	return [at, code, message, status ?? null, text ?? null] as const;
}

function toFailure(row: SqlRow): KeptFailure | undefined {
	const at = toOptionalNumber(row.error_at);
	if (at === undefined) return undefined;
	return {
		at,
		code: toText(row.error_code),
		message: toText(row.error_message),
		status: toOptionalNumber(row.answer_status),
		text: typeof row.answer_text === 'string' ? row.answer_text : undefined,
	};
}

/** How the rows of a revision are laid out. */
export function findRevision(
	engine: Engine,
	e: ExportRecord,
	mappingRevision: number,
): { output: Output; columns?: readonly Column[] } {
	if (mappingRevision === UNMAPPED_REVISION) return { output: 'event' };
	const row = engine.connection
		.all(SELECT_REVISIONS, e.number)
		.find(({ number }) => number === mappingRevision);
	const columns = toText(row?.columns);
	return {
		output: row === undefined ? e.config.output : (toText(row.output) as Output),
		...(columns === '' ? {} : { columns: parseStored(columns) as Column[] }),
	};
}

export function toBatch(engine: Engine, row: SqlRow): BatchRecord {
	return {
		number: toNumber(row.id),
		export: exportOfNumber(engine, toNumber(row.export)),
		mappingRevision: toNumber(row.revision),
		parts: parseStored(toText(row.parts)) as Part[],
		count: toNumber(row.n),
		sizeBytes: toNumber(row.bytes),
		firstAt: toNumber(row.first_at),
		lastAt: toNumber(row.last_at),
		arrivedAt: toNumber(row.arrived_at),
		state: row.state === 'dead' ? 'dead' : 'open',
		reason: toText(row.reason),
		token: toNumber(row.token),
		attempts: toNumber(row.attempts),
		nextAt: toOptionalNumber(row.next_at) ?? 0,
		deadAt: toOptionalNumber(row.dead_at) ?? 0,
		failure: toFailure(row),
		answerBytes: toOptionalNumber(row.answer_bytes) ?? 0,
		salt: toText(row.salt),
		place: toNumber(row.place),
	};
}
