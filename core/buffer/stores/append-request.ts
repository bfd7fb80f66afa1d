import type { Row, Store } from '../store';
import { isInstant } from '../../pure/show-instant';

export type AppendRequest = Parameters<Store['append']>[0];

/**
 * Checks what types cannot: rows may come from code that has none, and a wrong size would make counters, quotas and batch
 * bounds lie for ever.
 *
 * @throws TypeError the caller is wrong
 */
export function checkAppend(request: AppendRequest): void {
	for (const name of ['receiverId', 'dedupeKey'] as const) {
		const given = request[name];
		if (typeof given !== 'string' && !(name === 'dedupeKey' && given === undefined)) {
			throw new TypeError(`append: ${name} is ${typeof given}`);
		}
	}
	const { dedupeWindowMs = 0, dead = [] } = request;
	if (!Number.isFinite(dedupeWindowMs)) {
		throw new TypeError(`append: dedupeWindowMs is ${dedupeWindowMs}`);
	}
	for (const { error } of dead) {
		if (typeof error?.code !== 'string' || typeof error.message !== 'string') {
			throw new TypeError('append: a dead row needs an error with code and message');
		}
	}
	for (const row of rowsOf(request)) checkRow(row);
}

/** All rows of a request, those that are put straight aside last. */
export function rowsOf({ rows, dead = [] }: AppendRequest): readonly Row[] {
	return dead.length === 0 ? rows : [...rows, ...dead.map(({ row }) => row)];
}

/** Each once. */
export function exportIdsOf(request: AppendRequest): readonly string[] {
	const exportIds: string[] = [];
	for (const { exportId } of rowsOf(request)) {
		if (!exportIds.includes(exportId)) exportIds.push(exportId);
	}
	return exportIds;
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
}
