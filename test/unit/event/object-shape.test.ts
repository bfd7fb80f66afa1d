import assert from 'node:assert/strict';
import fc from 'fast-check';
import { objectShape } from '../../../core/event/object-shape';

const shapeOf = (text: string) => {
	const bytes = Buffer.from(text);
	const shape = objectShape(bytes);
	// Also where others stand beside it, whatever they are.
	for (const beside of ['{}', '"', '1}']) {
		const all = Buffer.concat([Buffer.from(beside), bytes, Buffer.from(beside)]);
		const start = Buffer.byteLength(beside);
		assert.equal(objectShape(all, start, start + bytes.length), shape);
	}
	return shape;
};
const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

describe('objectShape', () => {
	it('takes any object that JSON.stringify writes', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) =>
				assert.equal(shapeOf(JSON.stringify(value)), 'whole'),
			),
		);
	});

	it('takes no part of one, and nothing beside it: what it takes can stand between others', () => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1 }),
				fc.nat(),
				fc.constantFrom(' ', ',', '{', '}', '[', ']', '"', '1', '{}'),
				(value, at, more) => {
					const text = JSON.stringify(value);
					assert.equal(shapeOf(text.slice(0, at % text.length)), 'broken');
					assert.equal(shapeOf(text + more), 'broken');
					assert.equal(shapeOf(more + text), 'broken');
				},
			),
		);
	});

	for (const text of ['', '1', '"a"', '[1]', '{"a":[1}', '{"a":1]', '{"a":"\n"}', '{"a\\"}', '}'])
		it(`finds ${JSON.stringify(text)} broken`, () => assert.equal(shapeOf(text), 'broken'));

	it('finds bytes that are no UTF-8 broken, in texts and between them', () => {
		for (const bytes of [
			[0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d],
			[0x7b, 0xc3, 0x7d],
		])
			assert.equal(objectShape(Uint8Array.from(bytes)), 'broken');
	});

	it('takes 500 levels, and says that 501 are too deep', () => {
		assert.equal(shapeOf(nested(500)), 'whole');
		assert.equal(shapeOf(nested(501)), 'deep');
	});
});
