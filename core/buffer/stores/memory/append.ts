import { isDisabled } from '../../../config';
import { bytesOf, checkAppend, checkBytes } from '../append-request';
import { GROUP_BYTES, pageLimit } from '../defaults';
import { checkAge, checkTakes, isKept } from '../export-rules';
import { finalFailure } from '../kept-failure';
import { seeKeys } from '../known-keys';
import { keepLatest } from './latest';
import { sumKept } from '../quota';
import { QuotaUsage } from '../quota-usage';
import { countDropped } from '../tally';
import {
	type AppendedEvent,
	type AppendedLetter,
	type AppendRequest,
	type KeyRange,
	type KnownKeys,
	type Row,
} from '../../store';
import {
	addBatch,
	findExport,
	liveExports,
	type MemoryExport,
	type MemoryRow,
	type MemoryState,
	oldestWaiting,
} from './state';
import { trimKept } from './trim-kept';

/**
 * Everything is checked before anything is written (I2).
 *
 * @returns for each event which of its keys were known, in which case nothing of it was stored (I19)
 */
export function append(state: MemoryState, request: AppendRequest): (readonly number[])[] {
	checkAppend(request);
	checkBytes(request, bytesOf(request), GROUP_BYTES);
	forgetKeys(state);
	const fresh = new Map<string, number>();
	const usage = usageIn(state);
	const known = request.events.map((event) => {
		const ofEvent = see(state, request.receiverId, event, fresh);
		if (ofEvent.length === 0) checkEvent(state, event, usage);
		return ofEvent;
	});
	for (const [key, until] of fresh) {
		// Behind all others, also where one of that name has ended.
		state.dedupe.delete(key);
		state.dedupe.set(key, until);
	}
	for (const [index, { rows, dead = [], latest }] of request.events.entries()) {
		if (known[index]?.length !== 0) continue;
		for (const row of rows) appendRow(state, row);
		for (const letter of dead) appendDead(state, letter);
		if (latest !== undefined) keepLatest(state.latest, request.receiverId, latest);
	}
	return known;
}

/** @param fresh keys of the events before this one, with their ends; those of this one are added */
function see(
	state: MemoryState,
	receiverId: string,
	{ dedupeKeys = [] }: AppendedEvent,
	fresh: Map<string, number>,
): readonly number[] {
	const { livedAt } = state.time;
	const nameOf = (key: string) => JSON.stringify([receiverId, key]);
	return seeKeys(
		dedupeKeys,
		({ key }) => {
			const name = nameOf(key);
			return fresh.has(name) || (state.dedupe.get(name) ?? 0) > livedAt;
		},
		({ key, windowMs }) => {
			const name = nameOf(key);
			fresh.set(name, Math.max(livedAt + windowMs, fresh.get(name) ?? 0));
		},
	);
}

/** By key; all that are inside their window. */
export function pageOfKeys(
	state: MemoryState,
	receiverId: string,
	{ after = '', limit }: KeyRange = {},
): KnownKeys {
	const { livedAt } = state.time;
	const known = [...state.dedupe].flatMap(([name, until]) => {
		const [receiver, key] = JSON.parse(name) as [string, string];
		const isIn = receiver === receiverId && until > livedAt && key > after;
		return isIn ? [{ key, windowMs: until - livedAt }] : [];
	});
	const keys = known.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, pageLimit(limit));
	return { keys, next: keys.length < known.length ? keys.at(-1)?.key : undefined };
}

function forgetKeys(state: MemoryState): void {
	for (const [key, until] of state.dedupe) {
		// Oldest first; a longer window before a shorter one only keeps some keys longer than needed.
		if (until > state.time.livedAt) return;
		state.dedupe.delete(key);
	}
}

function usageIn(state: MemoryState): QuotaUsage {
	const sum = (exports: readonly MemoryExport[]) => sumKept(exports.map(({ tally }) => tally));
	return new QuotaUsage({
		byReceiver: (receiverId) =>
			sum(liveExports(state).filter(({ config }) => config.receiverId === receiverId)),
		byStore: () => sum(liveExports(state).filter((e) => !isKept(e))),
	});
}

function checkEvent(
	state: MemoryState,
	{ rows, dead = [] }: AppendedEvent,
	usage: QuotaUsage,
): void {
	const deadRows = dead.flatMap((letter) => letter.rows);
	for (const row of [...rows, ...deadRows]) checkRow(state, row, usage);
	for (const row of rows) countRow(state, row, usage, false);
	for (const row of deadRows) countRow(state, row, usage, true);
}

function checkRow(state: MemoryState, row: Row, usage: QuotaUsage): void {
	const e = findExport(state, row.exportId);
	checkTakes(e, row.mappingRevision);
	if (isDisabled(e) || isKept(e)) return;
	usage.checkOwner(e);
	checkAge(e, oldestWaiting(e)?.arrivedAt, state.time);
}

function countRow(state: MemoryState, row: Row, usage: QuotaUsage, isDead: boolean): void {
	const e = findExport(state, row.exportId);
	if (!isDisabled(e) && !isKept(e)) usage.add(e.config.receiverId, row.sizeBytes, isDead);
}

function appendRow(state: MemoryState, row: Row): void {
	const e = findExport(state, row.exportId);
	if (isDisabled(e)) {
		countDropped(e.tally, 1);
		return;
	}
	e.waiting.push(keep(state, row));
	e.tally.rows++;
	e.tally.bytes += row.sizeBytes;
	e.tally.acceptedTotal++;
	trimKept(state, e);
}

function appendDead(state: MemoryState, letter: AppendedLetter): void {
	const [first] = letter.rows;
	if (first === undefined) return;
	const e = findExport(state, first.exportId);
	if (isDisabled(e)) {
		countDropped(e.tally, letter.rows.length);
		return;
	}
	const { error, attempts = 0, answer } = letter;
	e.tally.acceptedTotal += letter.rows.length;
	addBatch(
		state,
		e,
		letter.rows.map((row) => keep(state, row)),
		{
			mappingRevision: first.mappingRevision,
			reason: 'replay',
			state: 'dead',
			attempts,
			nextAt: 0,
			failure: finalFailure(state.time.nowAt, error, answer),
		},
	);
}

function keep(state: MemoryState, row: Row): MemoryRow {
	const arrivedAt = state.time.arrivedAt(row.receivedAt);
	const kept = { ...row, payload: new Uint8Array(row.payload) };
	return { row: kept, seq: state.nextSeq++, rowId: 0, arrivedAt };
}
