import assert from 'node:assert/strict';
import fc from 'fast-check';
import { listPaths } from '../../../core/pure/body-paths';
import { readPath } from '../../../core/pure/path';

describe('listPaths: the places of a sample', () => {
	it('lists what is in objects and lists in its order, with what begins there', () => {
		const body = { a: { b: [1, 'x', null, true, 5], c: 'y'.repeat(80) }, d: [] };
		assert.deepEqual(
			listPaths(body).map(({ path, shows }) => [path, shows]),
			[
				['a', '{2}'],
				['a.b', '[5]'],
				['a.b[0]', '1'],
				['a.b[1]', '"x"'],
				['a.b[2]', 'null'],
				['a.c', `"${'y'.repeat(58)}…`],
				['d', '[0]'],
			],
		);
		assert.deepEqual(
			listPaths([{ x: 1 }]).map(({ path }) => path),
			['[0]', '[0].x'],
		);
	});

	it('leaves out keys that no path can name, and what is below them', () => {
		const body = { 'a.b': { c: 1 }, 'a[': 1, '0]': 1, '': 1, ' x': 1, fine: 1 };
		assert.deepEqual(
			listPaths(body).map(({ path }) => path),
			['fine'],
		);
	});

	it('names places where paths find the same value, whatever the keys are', () => {
		const key = fc.oneof(
			fc.string({ maxLength: 4 }),
			fc.constantFrom('__proto__', '0', '0]', 'a.b'),
		);
		const json = fc.letrec((tie) => ({
			value: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.string(), tie('list'), tie('object')),
			list: fc.array(tie('value'), { maxLength: 4 }),
			object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
		})).value;
		fc.assert(
			fc.property(json, (body) => {
				for (const { path, shows } of listPaths(body)) {
					const found = readPath(body, path);
					assert.notEqual(found, undefined, path);
					const isScalar = typeof found !== 'object' || found === null;
					if (isScalar && shows.length < 60) assert.equal(shows, JSON.stringify(found));
				}
			}),
		);
	});

	it('is bounded, in number and in depth', () => {
		const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, i]));
		assert.equal(listPaths(wide).length, 300);
		let deep: unknown = 1;
		for (let i = 0; i < 500; i++) deep = { d: deep };
		assert.equal(listPaths(deep).length, 20);
	});
});
