import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeEvent, encodeEvent } from '../../../core/event/codec';
import { createEvent } from '../../../core/event/create-event';

const full = createEvent({
	id: 'e1',
	receivedAt: 1700000000000,
	ip: '::1',
	headers: { 'Content-Type': 'a/b', 'X-Ä': ['1', '', '2'], ['__proto__']: 'x' },
	body: new Uint8Array([0, 255, 10, 128]),
	receiverId: 'r',
	method: 'POST',
	path: '/p',
	query: { a: ['1', '2'], ['__proto__']: 'y' },
	type: 't',
	source: 's',
});

describe('encodeEvent and decodeEvent', () => {
	it('bring every field and byte back', () => {
		assert.deepStrictEqual(decodeEvent(encodeEvent(full)), full);
	});

	it('bring any event back', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary' }),
				fc.dictionary(fc.string(), fc.array(fc.string(), { minLength: 1 })),
				fc.uint8Array(),
				(id, headers, body) => {
					const event = createEvent({ id, receivedAt: 5, headers, body });
					assert.deepStrictEqual(decodeEvent(encodeEvent(event)), event);
				},
			),
		);
	});

	it('decode from a view into a larger buffer', () => {
		const encoded = encodeEvent(full);
		const larger = new Uint8Array(encoded.length + 20);
		larger.set(encoded, 7);
		assert.deepStrictEqual(decodeEvent(larger.subarray(7, 7 + encoded.length)), full);
	});

	it('ignore members of the head they do not know', () => {
		const head = Buffer.from('{"id":"a","receivedAt":1,"ip":"","headers":{},"later":{"x":1}}');
		const length = Buffer.alloc(4);
		length.writeUInt32BE(head.length);
		const event = decodeEvent(Buffer.concat([length, head, Buffer.from('b')]));
		assert.deepStrictEqual(event, createEvent({ id: 'a', receivedAt: 1, body: 'b' }));
	});

	const damaged: [name: string, bytes: number[]][] = [
		['no length', [0, 0]],
		['a length beyond the end', [0, 0, 0, 9, 123, 125]],
		['a head that is no JSON', [0, 0, 0, 2, 123, 123]],
		['a head without an id', [0, 0, 0, 2, 123, 125]],
	];
	for (const [name, bytes] of damaged) {
		it(`report damage: ${name}`, () => {
			assert.throws(() => decodeEvent(Uint8Array.from(bytes)), { code: 'ERR_STORE_CORRUPT' });
		});
	}
});
