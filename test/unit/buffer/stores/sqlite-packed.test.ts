import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AppendRequest } from '../../../../core/buffer/store';
import { bytesOf as requestBytes } from '../../../../core/buffer/stores/append-request';
import {
	type AppendCall,
	bytesOf,
	encodeAppend,
	type EncodedRow,
} from '../../../../core/buffer/stores/sqlite/packed-appends';
import { packCalls, unpackCalls } from '../../../../core/buffer/stores/sqlite/packed-calls';
import type { Call } from '../../../../core/buffer/stores/sqlite/protocol';
import { decodeRow } from '../../../../core/buffer/stores/row-codec';

const aText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('r/a', 'r/b', '', '\ud800'));
const aNumber = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const aRow = fc.record(
	{
		exportId: aText,
		eventId: aText,
		receivedAt: fc.double({ min: 0, max: 8e15, noNaN: true }),
		mappingRevision: aNumber,
		payload: fc.uint8Array({ maxLength: 50 }),
		sizeBytes: aNumber,
	},
	{
		requiredKeys: ['exportId', 'eventId', 'receivedAt', 'mappingRevision', 'payload', 'sizeBytes'],
	},
);
const anError = fc.record({ code: aText, message: aText });
const aLetter = fc.record(
	{ rows: fc.array(aRow, { minLength: 1, maxLength: 3 }), error: anError, attempts: fc.nat() },
	{ requiredKeys: ['rows', 'error'] },
);
const anEvent = fc.record(
	{
		dedupeKeys: fc.array(fc.record({ key: aText, windowMs: aNumber }, { noNullPrototype: true }), {
			maxLength: 3,
		}),
		rows: fc.array(aRow, { maxLength: 4 }),
		dead: fc.array(aLetter, { maxLength: 3 }),
		latest: fc.record({
			key: aText,
			at: fc.double({ noNaN: true }),
			type: aText,
			event: fc.uint8Array({ maxLength: 50 }),
		}),
	},
	{ requiredKeys: ['rows'] },
);
const anAppend = fc.record({
	receiverId: aText,
	events: fc.array(anEvent, { maxLength: 4 }),
});
const encode = (id: number, request: unknown) =>
	encodeAppend(id, request as AppendRequest, requestBytes(request as AppendRequest));

describe('calls on their way to the worker of a sqlite store', () => {
	it('arrive as they were made, in their order', () => {
		const aCall = fc.oneof(
			{ weight: 3, arbitrary: anAppend },
			fc.constantFrom('counters', 'sweep'),
		);
		fc.assert(
			fc.property(fc.array(aCall, { maxLength: 12 }), (made) => {
				const calls = made.map((one, id): Call => {
					if (typeof one !== 'string') return encode(id, one);
					return { op: one, id, args: undefined } as Call;
				});
				const arrived = unpackCalls(structuredClone(packCalls(calls)));
				assert.deepEqual(arrived.map(show), calls.map(show));
				for (const [index, one] of made.entries()) {
					const call = arrived[index];
					if (typeof one === 'string' || call?.op !== 'append') continue;
					const rows = one.events.flatMap(({ rows: some, dead = [] }) => [
						...some,
						...dead.flatMap((letter) => letter.rows),
					]);
					const found = call.events.flatMap(({ rows: some, dead }) => [
						...some,
						...dead.flatMap((letter) => letter.rows),
					]);
					assert.equal(call.rowCount, rows.length);
					assert.deepEqual(
						found.map((row) => decodeRow(bytesOf(row), { ...row, rowId: 0 })),
						rows.map((row) => ({ ...row, rowId: 0 })),
					);
				}
			}),
		);
	});

	it('do not change with what their sender does to the payload afterwards', () => {
		const payload = Buffer.from('before');
		const row = { exportId: 'r/a', eventId: 'e', receivedAt: 1, mappingRevision: 1, sizeBytes: 6 };
		const call = encode(1, { receiverId: 'r', events: [{ rows: [{ ...row, payload }] }] });
		payload.fill(0);
		const [event] = (unpackCalls(packCalls([call]))[0] as AppendCall).events;
		const [first] = event?.rows ?? [];
		assert.ok(first);
		const { payload: kept } = decodeRow(bytesOf(first), { ...row, rowId: 0 });
		assert.equal(Buffer.from(kept).toString(), 'before');
	});
});

/** Without where its bytes lie. */
function show(call: Call) {
	if (call.op !== 'append') return call;
	const showRow = (row: EncodedRow) => ({
		exportId: row.exportId,
		mappingRevision: row.mappingRevision,
		sizeBytes: row.sizeBytes,
		bytes: bytesOf(row).toString('hex'),
	});
	return {
		...call,
		events: call.events.map(({ keys, rows, dead }) => ({
			keys,
			rows: rows.map(showRow),
			dead: dead.map((letter) => ({ ...letter, rows: letter.rows.map(showRow) })),
		})),
	};
}
