import type { Finding, InspectedRow, RowState } from '../../../inspect/store-inspector';
import { showFailure } from '../../kept-failure';
import { type BatchRecord, batchNumbersOf, findBatch } from '../batches';
import type { Engine, ExportRecord } from '../engine';
import { toNumber } from '../connection';
import type { Part } from '../members';
import { SELECT_ANSWER, SELECT_HELD } from '../sql';
import { type ReadPart, walkParts } from './walk-parts';

/** Every row in these states, by export, state and place; what cannot be read is told to `onDamage`. */
export function* walkRows(
	engine: Engine,
	states: readonly RowState[],
	onDamage: (finding: Finding) => void,
): Generator<InspectedRow[]> {
	for (const e of engine.exportsById.values()) {
		for (const state of states) {
			if (state === 'waiting') {
				yield* readWaiting(engine, e, onDamage);
				continue;
			}
			for (const number of batchNumbersOf(engine, e, state)) {
				const batch = findBatch(engine, number);
				if (batch !== undefined) yield* readBatch(engine, batch, onDamage);
			}
		}
	}
}

function* readBatch(
	engine: Engine,
	batch: BatchRecord,
	onDamage: (finding: Finding) => void,
): Generator<InspectedRow[]> {
	const { export: e, state } = batch;
	const batchId = String(batch.number);
	let told = errorOf(engine, batch);
	for (const part of walkParts(engine, e, batch.parts)) {
		if (typeof part.rows === 'string') {
			onDamage(leftOut(e, part, part.rows));
			continue;
		}
		const rows = part.rows.map((row): InspectedRow => ({ state, row, batchId }));
		const [first, ...others] = rows;
		yield first === undefined ? [] : [{ ...first, ...told }, ...others];
		told = {};
	}
}

function errorOf(engine: Engine, { failure, number }: BatchRecord): Pick<InspectedRow, 'error'> {
	if (failure === undefined) return {};
	const answer = engine.connection.get(SELECT_ANSWER, number)?.text;
	const whole = typeof answer === 'string' ? answer : undefined;
	return { error: showFailure(failure, (at) => engine.time.toWall(at), whole) };
}

/** Sequence numbers of rows that are gone, and were counted then, leave gaps here: what waits is known by its count alone. */
function* readWaiting(
	engine: Engine,
	e: ExportRecord,
	onDamage: (finding: Finding) => void,
): Generator<InspectedRow[]> {
	const { exportId, claimSeq, nextSeq, tally } = e;
	let found = 0;
	const held = engine.connection
		.all(SELECT_HELD, e.number)
		.map((row): Part => [toNumber(row.seq), 1, toNumber(row.row_id)]);
	for (const part of walkParts(engine, e, [...held, [claimSeq, nextSeq - claimSeq, 0]])) {
		if (part.rows === 'missing') continue;
		found += part.endSeq - part.seq;
		if (part.rows === 'damaged') onDamage(leftOut(e, part, part.rows));
		else yield part.rows.map((row) => ({ state: 'waiting', row }));
	}
	if (found >= tally.rows) return;
	const message = `${tally.rows} rows wait, ${found} of them are found`;
	onDamage({ rule: 'I10', exportId, message });
}

function leftOut(
	{ exportId }: ExportRecord,
	{ seq, endSeq }: ReadPart,
	why: 'damaged' | 'missing',
): Finding {
	const message = `${endSeq - seq} rows are ${why} (sequence ${seq} to ${endSeq - 1})`;
	return { rule: why === 'damaged' ? 'S50' : 'I3', exportId, message };
}
