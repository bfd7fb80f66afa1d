import type { DedupeKey } from '../../store';
import { keyBytes, keyText } from '../key-bytes';
import { seeKeys } from '../known-keys';
import { toBuffer, toNumber, toOptionalNumber, toText } from './connection';
import type { Engine } from './engine';
import { DELETE_OLD_KEYS, SELECT_KEY, SELECT_LIVE_KEYS, UPSERT_KEY } from './sql';

/** Keys whose window has ended and that go with each append; more where as many come. */
const FORGOTTEN_AT_ONCE = 200;

/** The keys of a request's events, looked up one event after the other and written together (I19). */
export class RequestKeys {
	readonly #engine: Engine;
	readonly #receiverId: string;
	/** Those that were not known before the request, with the ends of their windows. */
	readonly #fresh = new Map<string, number>();

	constructor(engine: Engine, receiverId: string) {
		this.#engine = engine;
		this.#receiverId = receiverId;
	}

	get hasNew(): boolean {
		return this.#fresh.size > 0;
	}

	/** @returns positions of those that were seen before, also in an event before this one */
	see(keys: readonly DedupeKey[]): readonly number[] {
		const { livedAt } = this.#engine.time;
		return seeKeys(
			keys,
			({ key }) => this.#isKnown(key, livedAt),
			({ key, windowMs }) =>
				this.#fresh.set(key, Math.max(livedAt + windowMs, this.#fresh.get(key) ?? 0)),
		);
	}

	save(): void {
		if (!this.hasNew) return;
		const { connection, time } = this.#engine;
		const forgotten = Math.max(FORGOTTEN_AT_ONCE, 2 * this.#fresh.size);
		connection.run(DELETE_OLD_KEYS, time.livedAt, forgotten);
		for (const [key, until] of this.#fresh) {
			connection.run(UPSERT_KEY, this.#receiverId, keyValue(key), until);
		}
	}

	#isKnown(key: string, livedAt: number): boolean {
		if (this.#fresh.has(key)) return true;
		const row = this.#engine.connection.get(SELECT_KEY, this.#receiverId, keyValue(key));
		return (toOptionalNumber(row?.until) ?? 0) > livedAt;
	}
}

/** Those of a receiver that are inside their window, behind one of them. */
export function listKeys(
	{ connection, time }: Pick<Engine, 'connection' | 'time'>,
	o: { readonly receiverId: string; readonly after: string; readonly limit: number },
): DedupeKey[] {
	const { livedAt } = time;
	const values = [o.receiverId, keyValue(o.after), livedAt, o.limit];
	return connection.all(SELECT_LIVE_KEYS, ...values).map(({ key, until }) => ({
		key: key instanceof Uint8Array ? keyText(toBuffer(key)) : toText(key),
		windowMs: toNumber(until) - livedAt,
	}));
}

/** Text with half a surrogate pair has no UTF-8 of its own: SQLite would take different keys for one. A BLOB equals no text. */
function keyValue(key: string): string | Buffer {
	return key.isWellFormed() ? key : keyBytes(key);
}
