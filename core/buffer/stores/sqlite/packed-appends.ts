import type { LatestEvent } from '../../latest';
import { encodeLatest, type KeptLatest } from '../latest-codec';
import { encodeRow } from '../row-codec';
import type { AppendRequest, DedupeKey, EndpointAnswer, Row } from '../../store';
import type { PlainError } from '../kept-failure';

/**
 * Appends on their way to the worker: an array of numbers, one of bytes, and the texts that both speak of. Cloning objects
 * for each event cost more than storing it did.
 *
 *   append    id | receiverId | number of events | events
 *   event     number of keys | number of rows | number of dead letters | number of latest events, 0 or 1 | keys | rows | dead letters | latest
 *   key       key | windowMs
 *   row       exportId | mapping revision | encoded bytes | sizeBytes
 *   dead      attempts | error code | error message | status of an answer, or 0 | its text, or an empty one | number of rows | rows
 *   latest    key | at | bytes of its body
 *
 * Texts are places in `texts`; the encoded rows and bodies lie one behind the other in `bytes`.
 */
export interface PackedAppends {
	readonly numbers: Float64Array;
	readonly texts: readonly string[];
	readonly bytes: Uint8Array;
}

/** An append between the threads and in the worker. All its rows lie one behind the other in the same bytes. */
export interface AppendCall {
	readonly op: 'append';
	readonly id: number;
	readonly receiverId: string;
	readonly events: readonly EncodedEvent[];
	/** Of all its rows together. */
	readonly byteLength: number;
	readonly rowCount: number;
}

export interface EncodedEvent {
	readonly keys: readonly DedupeKey[];
	readonly rows: readonly EncodedRow[];
	readonly dead: readonly EncodedLetter[];
	readonly latest: KeptLatest | undefined;
}

export interface EncodedLetter {
	/** One behind the other in the same bytes. */
	readonly rows: readonly EncodedRow[];
	readonly error: PlainError;
	readonly answer: EndpointAnswer | undefined;
	readonly attempts: number;
}

export interface EncodedRow {
	readonly exportId: string;
	readonly mappingRevision: number;
	readonly sizeBytes: number;
	/** Where it lies, as row-codec.ts lays it out: among the rows of its message, since a view of its own would cost more. */
	readonly bytes: Buffer;
	readonly start: number;
	readonly end: number;
}

export function bytesOf({ bytes, start, end }: EncodedRow): Buffer {
	return bytes.subarray(start, end);
}

/** Nearly all events have none of them. */
const NONE: readonly never[] = [];

/**
 * At once, so that what the caller does to the payloads later changes nothing, and fails for itself alone.
 *
 * @param byteLength of all rows, as bytesOf counts them
 */
export function encodeAppend(id: number, request: AppendRequest, byteLength: number): AppendCall {
	const { receiverId, events } = request;
	const bytes = Buffer.allocUnsafe(byteLength);
	let offset = 0;
	let rowCount = 0;
	const encode = (row: Row): EncodedRow => {
		const { exportId, mappingRevision, sizeBytes } = row;
		const start = offset;
		offset = encodeRow(row, bytes, start);
		rowCount++;
		return { exportId, mappingRevision, sizeBytes, bytes, start, end: offset };
	};
	const encodeLast = (latest: LatestEvent): KeptLatest => {
		const one = encodeLatest(latest);
		bytes.set(one.body, offset);
		const body = bytes.subarray(offset, (offset += one.body.byteLength));
		return { ...one, body };
	};
	const encoded = events.map(({ dedupeKeys = NONE, rows, dead = NONE, latest }) => ({
		keys: dedupeKeys,
		rows: rows.map(encode),
		dead:
			dead.length === 0
				? NONE
				: dead.map((letter) => ({
						rows: letter.rows.map(encode),
						error: { code: letter.error.code, message: letter.error.message },
						answer: letter.answer,
						attempts: letter.attempts ?? 0,
					})),
		latest: latest === undefined ? undefined : encodeLast(latest),
	}));
	return { op: 'append', id, receiverId, events: encoded, byteLength, rowCount };
}

export function packAppends(appends: readonly AppendCall[]): PackedAppends {
	const bytes = Buffer.allocUnsafeSlow(appends.reduce((sum, one) => sum + one.byteLength, 0));
	const numbers: number[] = [];
	const places = new Map<string, number>();
	let offset = 0;
	const placeOf = (text: string): number => {
		let place = places.get(text);
		if (place === undefined) {
			place = places.size;
			places.set(text, place);
		}
		return place;
	};
	const packRow = (row: EncodedRow): void => {
		const { exportId, mappingRevision, sizeBytes, start, end } = row;
		row.bytes.copy(bytes, offset, start, end);
		offset += end - start;
		numbers.push(placeOf(exportId), mappingRevision, end - start, sizeBytes);
	};
	for (const { id, receiverId, events } of appends) {
		numbers.push(id, placeOf(receiverId), events.length);
		for (const { keys, rows, dead, latest } of events) {
			numbers.push(keys.length, rows.length, dead.length, latest === undefined ? 0 : 1);
			for (const { key, windowMs } of keys) numbers.push(placeOf(key), windowMs);
			for (const row of rows) packRow(row);
			for (const letter of dead) {
				const { code, message } = letter.error;
				const { status = 0, text = '' } = letter.answer ?? {};
				numbers.push(letter.attempts, placeOf(code), placeOf(message), status, placeOf(text));
				numbers.push(letter.rows.length);
				for (const row of letter.rows) packRow(row);
			}
			if (latest === undefined) continue;
			const { key, at, body } = latest;
			bytes.set(body, offset);
			offset += body.byteLength;
			numbers.push(placeOf(key), at, body.byteLength);
		}
	}
	return { numbers: new Float64Array(numbers), texts: [...places.keys()], bytes };
}

export function unpackAppends(packed: PackedAppends): AppendCall[] {
	const reader = new Reader(packed);
	const calls: AppendCall[] = [];
	while (!reader.isAtEnd) calls.push(reader.readAppend());
	return calls;
}

class Reader {
	readonly #numbers: Float64Array;
	readonly #texts: readonly string[];
	readonly #bytes: Buffer;
	#at = 0;
	#offset = 0;

	constructor({ numbers, texts, bytes }: PackedAppends) {
		this.#numbers = numbers;
		this.#texts = texts;
		this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	get isAtEnd(): boolean {
		return this.#at >= this.#numbers.length;
	}

	readAppend(): AppendCall {
		const start = this.#offset;
		const id = this.#next();
		const receiverId = this.#nextText();
		const eventCount = this.#next();
		const events: EncodedEvent[] = [];
		let rowCount = 0;
		while (events.length < eventCount) {
			const event = this.#nextEvent();
			rowCount += event.rows.length;
			for (const letter of event.dead) rowCount += letter.rows.length;
			events.push(event);
		}
		return { op: 'append', id, receiverId, events, byteLength: this.#offset - start, rowCount };
	}

	#nextEvent(): EncodedEvent {
		const keyCount = this.#next();
		const rowCount = this.#next();
		const deadCount = this.#next();
		const latestCount = this.#next();
		const keys: readonly DedupeKey[] =
			keyCount === 0 ? NONE : Array.from({ length: keyCount }, () => this.#nextKey());
		const rows = this.#nextRows(rowCount);
		const dead: EncodedLetter[] = [];
		while (dead.length < deadCount) {
			const attempts = this.#next();
			const error = { code: this.#nextText(), message: this.#nextText() };
			const [status, text] = [this.#next(), this.#nextText()];
			const answer = status === 0 ? undefined : { status, ...(text === '' ? {} : { text }) };
			dead.push({ attempts, error, answer, rows: this.#nextRows(this.#next()) });
		}
		return { keys, rows, dead, latest: latestCount === 0 ? undefined : this.#nextLatest() };
	}

	#nextKey(): DedupeKey {
		return { key: this.#nextText(), windowMs: this.#next() };
	}

	#nextRows(count: number): EncodedRow[] {
		const rows: EncodedRow[] = [];
		while (rows.length < count) rows.push(this.#nextRow());
		return rows;
	}

	#nextRow(): EncodedRow {
		const exportId = this.#nextText();
		const mappingRevision = this.#next();
		const start = this.#offset;
		const end = start + this.#next();
		this.#offset = end;
		return { exportId, mappingRevision, sizeBytes: this.#next(), bytes: this.#bytes, start, end };
	}

	#nextLatest(): KeptLatest {
		const key = this.#nextText();
		const at = this.#next();
		const start = this.#offset;
		this.#offset += this.#next();
		return { key, at, body: this.#bytes.subarray(start, this.#offset) };
	}

	#nextText(): string {
		return this.#texts[this.#next()] ?? '';
	}

	#next(): number {
		return this.#numbers[this.#at++] ?? 0;
	}
}
