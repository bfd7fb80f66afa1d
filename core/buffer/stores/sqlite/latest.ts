import { LATEST_BOUNDS } from '../../latest';
import { FAIR_LATEST_BYTES, isLater, type KeptLatest, sealLatest } from '../latest-codec';
import { type SqlRow, toBuffer, toNumber, toText } from './connection';
import type { Engine } from './engine';
import {
	ADD_LATEST_DROPPED,
	DELETE_LATEST,
	DELETE_LATEST_OF,
	DELETE_LATEST_DROPPED,
	SELECT_LATEST,
	SELECT_LATEST_AT,
	SELECT_OLDEST_LATEST,
	SUM_LATEST,
	UPSERT_LATEST,
} from './sql';

/** What the running group brings; before anything looks for it, and at the group's end. */
export function flushLatest(engine: Engine): void {
	for (const [receiverId, events] of engine.latest.take()) {
		let mayExceed = false;
		for (const one of events) mayExceed = keep(engine, receiverId, one) || mayExceed;
		if (mayExceed) dropOldest(engine, receiverId);
	}
}

/** Their rows are large: sizes are known before they are read. */
export function listLatest(
	{ connection }: Pick<Engine, 'connection'>,
	o: { receiverId: string; after: string; limit: number },
): (KeptLatest & { crc: number })[] {
	return connection
		.all(SELECT_LATEST, o.receiverId, o.after, o.limit, LATEST_BOUNDS.pageBytes)
		.map(toLatest);
}

export function timesOfLatest(
	{ connection }: Pick<Engine, 'connection'>,
	{ receiverId, keys }: { readonly receiverId: string; readonly keys: readonly string[] },
): Map<string, number> {
	return new Map(
		keys.flatMap((key) => {
			const kept = connection.get(SELECT_LATEST_AT, receiverId, key);
			return kept === undefined ? [] : [[key, toNumber(kept.at)] as const];
		}),
	);
}

export function removeLatest(engine: Engine, receiverId: string): number {
	engine.begin();
	const { connection } = engine;
	connection.run(DELETE_LATEST_DROPPED, receiverId);
	return connection.run(DELETE_LATEST_OF, receiverId);
}

export function toLatest(row: SqlRow): KeptLatest & { crc: number } {
	return {
		key: toText(row.key),
		at: toNumber(row.at),
		body: toBuffer(row.body),
		crc: toNumber(row.crc),
	};
}

/** @returns whether a bound may be passed now: by a new key, or by a large event */
function keep({ connection }: Engine, receiverId: string, one: KeptLatest): boolean {
	const { key, at, body } = one;
	const kept = connection.get(SELECT_LATEST_AT, receiverId, key);
	if (kept !== undefined && !isLater(at, toNumber(kept.at))) return false;
	const crc = sealLatest(receiverId, one);
	connection.run(UPSERT_LATEST, receiverId, key, at, crc, body);
	return kept === undefined || body.byteLength > FAIR_LATEST_BYTES;
}

function dropOldest({ connection }: Engine, receiverId: string): void {
	const sum = connection.get(SUM_LATEST, receiverId);
	let [keys, bytes] = [toNumber(sum?.n), toNumber(sum?.bytes)];
	let dropped = 0;
	while (keys > LATEST_BOUNDS.keys || bytes > LATEST_BOUNDS.bytes) {
		const oldest = connection.get(SELECT_OLDEST_LATEST, receiverId);
		if (oldest === undefined) break;
		connection.run(DELETE_LATEST, receiverId, toText(oldest.key));
		keys--;
		bytes -= toNumber(oldest.size);
		dropped++;
	}
	if (dropped > 0) connection.run(ADD_LATEST_DROPPED, receiverId, dropped);
}
