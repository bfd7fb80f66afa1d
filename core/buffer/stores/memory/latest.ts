import { LATEST_BOUNDS, type LatestEvent, type LatestPage, type LatestRange } from '../../latest';
import {
	encodeLatest,
	isLater,
	type KeptLatest,
	readRange,
	sealLatest,
	toPage,
} from '../latest-codec';

/** Of one receiver. */
export interface MemoryLatest {
	/** The one that was updated longest ago comes first. */
	readonly events: Map<string, KeptLatest>;
	bytes: number;
	dropped: number;
}

type ByReceiver = Map<string, MemoryLatest>;

export function keepLatest(all: ByReceiver, receiverId: string, event: LatestEvent): void {
	const kept = all.get(receiverId) ?? { events: new Map(), bytes: 0, dropped: 0 };
	all.set(receiverId, kept);
	const before = kept.events.get(event.key);
	if (before !== undefined && !isLater(event.at, before.at)) return;
	const one = encodeLatest(event);
	drop(kept, before);
	kept.events.set(one.key, one);
	kept.bytes += one.body.byteLength;
	for (const oldest of kept.events.values()) {
		if (kept.events.size <= LATEST_BOUNDS.keys && kept.bytes <= LATEST_BOUNDS.bytes) return;
		drop(kept, oldest);
		kept.dropped++;
	}
}

export function timesOfLatest(
	all: ByReceiver,
	receiverId: string,
	keys: readonly string[],
): ReadonlyMap<string, number> {
	const kept = all.get(receiverId)?.events;
	return new Map(
		keys.flatMap((key) => {
			const one = kept?.get(key);
			return one === undefined ? [] : [[key, one.at] as const];
		}),
	);
}

export function pageOfLatest(all: ByReceiver, receiverId: string, o?: LatestRange): LatestPage {
	const { after, limit } = readRange(o);
	const kept = [...(all.get(receiverId)?.events.values() ?? [])];
	const behind = kept
		.filter(({ key }) => compare(key, after) > 0)
		.sort((a, b) => compare(a.key, b.key))
		.slice(0, limit);
	let bytes = 0;
	const end = behind.findIndex(
		({ body }, at) => (bytes += body.byteLength) > LATEST_BOUNDS.pageBytes && at > 0,
	);
	const found = (end === -1 ? behind : behind.slice(0, end)).map((one) => ({
		...one,
		crc: sealLatest(receiverId, one),
	}));
	return toPage(receiverId, found, limit, () => {});
}

function drop(kept: MemoryLatest, one: KeptLatest | undefined): void {
	if (one === undefined) return;
	kept.events.delete(one.key);
	kept.bytes -= one.body.byteLength;
}

function compare(a: string, b: string): number {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
