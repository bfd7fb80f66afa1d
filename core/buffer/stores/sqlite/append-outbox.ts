import { DEDUPE_WINDOW_MS } from '../defaults';
import { type AppendRequest, rowsOf } from '../append-request';
import type { Row } from '../../store';
import type { AppendCall, Call, RequestMessage } from './protocol';
import { encodedLength, encodeRow } from '../row-codec';

interface Waiting {
	readonly id: number;
	readonly request: AppendRequest;
	readonly byteLength: number;
}

/** Bytes of an event's rows on their way to the worker. */
export function lengthOf(request: AppendRequest): number {
	let length = 0;
	for (const row of rowsOf(request)) length += encodedLength(row);
	return length;
}

/**
 * Collects the calls of one turn of the event loop into one message: one structured clone, and one array buffer that is
 * handed over instead of copied.
 */
export class Outbox {
	#calls: (Exclude<Call, AppendCall> | Waiting)[] = [];
	#bytes = 0;

	get isEmpty(): boolean {
		return this.#calls.length === 0;
	}

	add(call: Exclude<Call, AppendCall>): void {
		this.#calls.push(call);
	}

	addAppend(id: number, request: AppendRequest, byteLength: number): void {
		this.#calls.push({ id, request, byteLength });
		this.#bytes += byteLength;
	}

	/** Empties itself into a message. */
	take(): Pick<RequestMessage, 'calls' | 'exportIds' | 'bytes'> {
		const bytes = Buffer.from(new ArrayBuffer(this.#bytes));
		const exports = new Map<string, number>();
		let offset = 0;
		const flatten = (row: Row): number[] => {
			const index = exports.get(row.exportId) ?? exports.size;
			exports.set(row.exportId, index);
			const start = offset;
			offset = encodeRow(row, bytes, start);
			return [index, row.mappingRevision, start, offset - start, row.sizeBytes];
		};
		const calls = this.#calls.map((call) => ('request' in call ? toCall(call, flatten) : call));
		this.#calls = [];
		this.#bytes = 0;
		return { calls, exportIds: [...exports.keys()], bytes };
	}
}

function toCall({ id, request, byteLength }: Waiting, flatten: (row: Row) => number[]): AppendCall {
	const { receiverId, dedupeKey, dedupeWindowMs = DEDUPE_WINDOW_MS } = request;
	const dead = request.dead ?? [];
	return {
		op: 'append',
		id,
		receiverId,
		...(dedupeKey === undefined ? {} : { dedupeKey }),
		dedupeWindowMs,
		rows: request.rows.flatMap(flatten),
		dead: dead.map(({ row, error: { code, message } }) => ({
			row: flatten(row),
			error: { code, message },
		})),
		rowCount: request.rows.length + dead.length,
		byteLength,
	};
}
