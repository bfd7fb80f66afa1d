import {
	type AppendedEvent,
	type AppendedLetter,
	type AppendRequest,
	MAX_APPEND_EVENTS,
	type Row,
} from '../store';
import { isInstant } from '../../pure/show-instant';
import { requestTooLarge } from './failures';
import { checkLatest, latestLength } from './latest-codec';
import { encodedLength } from './row-codec';

/**
 * Checks what types cannot: rows may come from code that has none, and a wrong size would make counters, quotas and batch
 * bounds lie for ever.
 *
 * @throws TypeError the caller is wrong
 * @throws BufferError ERR_REQUEST_TOO_LARGE
 */
export function checkAppend({ receiverId, events }: AppendRequest): void {
	if (typeof receiverId !== 'string') {
		throw new TypeError(`append: receiverId is ${typeof receiverId}`);
	}
	if (!Array.isArray(events)) throw new TypeError('append: events is no array');
	if (events.length > MAX_APPEND_EVENTS) {
		throw requestTooLarge(
			`the request has ${events.length} events, at most ${MAX_APPEND_EVENTS} are taken at once`,
			{ events: events.length, limit: MAX_APPEND_EVENTS },
		);
	}
	for (const event of events) checkEvent(event);
}

/**
 * Several events have to fit into one transaction; one alone goes whatever its size, since nobody could send it in parts.
 *
 * @param bytes of its rows, as they are stored
 * @throws BufferError ERR_REQUEST_TOO_LARGE
 */
export function checkBytes({ events }: AppendRequest, bytes: number, maxGroupBytes: number): void {
	if (events.length <= 1 || bytes <= maxGroupBytes) return;
	throw requestTooLarge(
		`the ${events.length} events of the request take ${bytes} bytes, limits.maxGroupBytes is ${maxGroupBytes}`,
		{ events: events.length, bytes, limit: maxGroupBytes },
	);
}

/** All rows of an event, those that are put straight aside last. */
export function rowsOf({ rows, dead = [] }: AppendedEvent): readonly Row[] {
	return dead.length === 0 ? rows : [...rows, ...dead.flatMap((letter) => letter.rows)];
}

/** Of all rows and latest events of a request, as they are stored. */
export function bytesOf({ events }: AppendRequest): number {
	let bytes = 0;
	for (const event of events) {
		for (const row of rowsOf(event)) bytes += encodedLength(row);
		if (event.latest !== undefined) bytes += latestLength(event.latest);
	}
	return bytes;
}

/** Each once. */
export function exportIdsOf({ events }: AppendRequest): readonly string[] {
	const exportIds: string[] = [];
	for (const event of events) {
		for (const { exportId } of rowsOf(event)) {
			if (!exportIds.includes(exportId)) exportIds.push(exportId);
		}
	}
	return exportIds;
}

function checkEvent(event: AppendedEvent): void {
	const { dedupeKeys = [], dead = [] } = event;
	for (const { key, windowMs } of dedupeKeys) {
		if (typeof key !== 'string') throw new TypeError(`append: a dedupeKey is ${typeof key}`);
		if (!Number.isFinite(windowMs)) throw new TypeError(`append: windowMs is ${windowMs}`);
	}
	for (const letter of dead) checkLetter(letter);
	for (const row of rowsOf(event)) checkRow(row);
	if (event.latest !== undefined) checkLatest(event.latest);
}

function checkLetter({ rows, error, attempts = 0 }: AppendedLetter): void {
	if (typeof error?.code !== 'string' || typeof error.message !== 'string') {
		throw new TypeError('append: a dead letter needs an error with code and message');
	}
	const [first] = rows;
	const isOne = rows.every(
		({ exportId, mappingRevision }) =>
			exportId === first?.exportId && mappingRevision === first.mappingRevision,
	);
	if (first === undefined || !isOne) {
		throw new TypeError('append: a dead letter has rows, all of one export and mapping revision');
	}
	if (!Number.isSafeInteger(attempts) || attempts < 0) {
		throw new TypeError(`append: attempts of a dead letter are ${attempts}`);
	}
}

function checkRow(row: Row): void {
	const { exportId, eventId, receivedAt, payload, sizeBytes } = row;
	if (typeof exportId !== 'string' || exportId.includes('\0')) {
		throw new TypeError('append: exportId is no id');
	}
	if (!Number.isInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > 0xffff_ffff) {
		throw new TypeError(`append: sizeBytes of a row of ${exportId} is ${sizeBytes}`);
	}
	// Not instanceof: hosts run code of their users in other realms. The tag is that of a subclass, too.
	if (Object.prototype.toString.call(payload) !== '[object Uint8Array]') {
		throw new TypeError(`append: payload of a row of ${exportId} is no Uint8Array`);
	}
	if (typeof eventId !== 'string' || !isInstant(receivedAt)) {
		throw new TypeError(`append: a row of ${exportId} needs an eventId and a receivedAt`);
	}
	const { sequenceKey, operation, replay } = row;
	if (sequenceKey !== undefined && typeof sequenceKey !== 'string') {
		throw new TypeError(`append: sequenceKey of a row of ${exportId} is ${typeof sequenceKey}`);
	}
	if (operation !== undefined && operation !== 'push' && operation !== 'delete') {
		throw new TypeError(`append: operation of a row of ${exportId} is neither push nor delete`);
	}
	if (replay !== undefined && replay !== true) {
		throw new TypeError(`append: replay of a row of ${exportId} is not true`);
	}
}
