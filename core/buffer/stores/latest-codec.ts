import { crc32 } from 'node:zlib';
import { isStorable } from '../../pure/storable';
import { LATEST_BOUNDS, type LatestEvent, type LatestPage, type LatestRange } from '../latest';
import { pageLimit } from './defaults';

/** One as a store keeps it. */
export interface KeptLatest {
	readonly key: string;
	readonly at: number;
	/** u32 little-endian length of the head, the head as JSON (type, device, labels), the event. */
	readonly body: Uint8Array;
}

/** Where a body is larger than this, the bound of bytes may be reached before that of keys. */
export const FAIR_LATEST_BYTES = Math.floor(LATEST_BOUNDS.bytes / LATEST_BOUNDS.keys);

/** @throws TypeError the caller is wrong: it may come from code without types */
export function checkLatest({ key, at, event }: LatestEvent): void {
	if (typeof key !== 'string' || key === '' || key.length > LATEST_BOUNDS.keyLength) {
		throw new TypeError('append: latest needs a key of 1 to 500 characters');
	}
	if (!isStorable(key)) throw new TypeError('append: the key of latest has control characters');
	if (!Number.isFinite(at)) throw new TypeError(`append: latest.at is ${at}`);
	if (Object.prototype.toString.call(event) !== '[object Uint8Array]') {
		throw new TypeError('append: the event of latest is no Uint8Array');
	}
	if (event.byteLength > LATEST_BOUNDS.eventBytes) {
		throw new TypeError(`append: the event of latest has ${event.byteLength} bytes`);
	}
}

/** Bytes of its body. */
export function latestLength({ type, device, labels, event }: LatestEvent): number {
	return 4 + Buffer.byteLength(JSON.stringify({ type, device, labels })) + event.byteLength;
}

export function encodeLatest({ key, at, type, device, labels, event }: LatestEvent): KeptLatest {
	const head = Buffer.from(JSON.stringify({ type, device, labels }));
	const body = Buffer.allocUnsafe(4 + head.byteLength + event.byteLength);
	body.writeUInt32LE(head.byteLength, 0);
	head.copy(body, 4);
	body.set(event, 4 + head.byteLength);
	return { key, at, body };
}

/** @param body sound */
function decodeLatest({ key, at, body }: KeptLatest): LatestEvent {
	const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
	const end = 4 + bytes.readUInt32LE(0);
	const head = JSON.parse(bytes.toString('utf8', 4, end)) as Omit<
		LatestEvent,
		'key' | 'at' | 'event'
	>;
	return {
		key,
		at,
		...head,
		event: new Uint8Array(bytes.subarray(end)),
	};
}

/** Of the body, and of what it is the latest of. */
export function sealLatest(receiverId: string, { key, at, body }: KeptLatest): number {
	return crc32(body, crc32(JSON.stringify([receiverId, key, at])));
}

export function isSoundLatest(receiverId: string, kept: KeptLatest, crc: number): boolean {
	return sealLatest(receiverId, kept) === crc;
}

/** One for who looks from outside. */
export function inspectLatest(
	receiverId: string,
	kept: KeptLatest & { readonly crc: number },
): { receiverId: string; key: string; event?: LatestEvent } {
	const { key } = kept;
	if (!isSoundLatest(receiverId, kept, kept.crc)) return { receiverId, key };
	return { receiverId, key, event: decodeLatest(kept) };
}

/** Whether one may replace what is kept of its key. */
export function isLater(at: number, keptAt: number): boolean {
	return at >= keptAt;
}

/** What a group of appends brings, each key once: what its events would leave if they came one by one. */
export class LatestOfGroup {
	readonly #byReceiver = new Map<string, Map<string, KeptLatest>>();

	add(receiverId: string, one: KeptLatest): void {
		const known = this.#byReceiver.get(receiverId) ?? new Map<string, KeptLatest>();
		this.#byReceiver.set(receiverId, known);
		const before = known.get(one.key);
		if (before !== undefined && !isLater(one.at, before.at)) return;
		// Behind the others: it was updated last.
		known.delete(one.key);
		known.set(one.key, one);
	}

	/** And forgets it. */
	take(): [receiverId: string, events: KeptLatest[]][] {
		const taken = Array.from(this.#byReceiver, ([receiverId, events]): [string, KeptLatest[]] => [
			receiverId,
			[...events.values()],
		]);
		this.#byReceiver.clear();
		return taken;
	}
}

/** What a store gives of one range, and what it has to read for it. */
export function readRange({ after = '', limit }: LatestRange = {}) {
	return { after, limit: pageLimit(limit) };
}

/**
 * @param found rows of the range, by key, with their sizes within LATEST_BOUNDS.pageBytes
 * @param onDamage hears of each that is left out
 */
export function toPage(
	receiverId: string,
	found: readonly (KeptLatest & { readonly crc: number })[],
	limit: number,
	onDamage: (key: string) => void,
): LatestPage {
	const bytes = found.reduce((sum, { body }) => sum + body.byteLength, 0);
	const isCut =
		found.length >= limit || bytes > LATEST_BOUNDS.pageBytes - 2 * LATEST_BOUNDS.eventBytes;
	const events = found.flatMap((one) => {
		if (isSoundLatest(receiverId, one, one.crc)) return [decodeLatest(one)];
		onDamage(one.key);
		return [];
	});
	return { events, next: isCut ? found.at(-1)?.key : undefined };
}

export function latestDamaged(receiverId: string, key: string): string {
	return `the latest event ${key} of receiver ${receiverId} is damaged and is left out; the next one of its device and type replaces it`;
}
