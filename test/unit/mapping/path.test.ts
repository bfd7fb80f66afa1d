import assert from 'node:assert/strict';
import { parsePath, readPath } from '../../../core/pure/path';

describe('parsePath', () => {
	const cases: [path: string, steps: (string | number)[]][] = [
		['', []],
		['a', ['a']],
		['a.b', ['a', 'b']],
		['a..b', ['a', 'b']],
		['.a.', ['a']],
		['a[0].b', ['a', 0, 'b']],
		['[1][2]', [1, 2]],
		['a[x].b', ['a', 'x]', 'b']],
		['a[-1]', ['a', '-1]']],
		['a.0', ['a', '0']],
	];
	for (const [path, steps] of cases) {
		it(`splits ${JSON.stringify(path)}`, () => assert.deepEqual(parsePath(path), steps));
	}
	for (const path of ['.', '[', '..']) {
		it(`refuses ${path}`, () => assert.throws(() => parsePath(path)));
	}
});

describe('readPath', () => {
	const body = JSON.parse('{"a":[{"b":null},5],"__proto__":{"x":1},"0":"zero"}') as unknown;
	const cases: [path: string, value: unknown][] = [
		['', body],
		['a[1]', 5],
		['a[0].b', null],
		['a[2]', undefined],
		['a.1', undefined],
		['a.length', undefined],
		['[0]', undefined],
		['0', 'zero'],
		['a[1].x', undefined],
		['a[0].b.c', undefined],
		['__proto__.x', 1],
		['constructor', undefined],
	];
	for (const [path, value] of cases) {
		it(`finds ${JSON.stringify(value)?.slice(0, 20)} at ${JSON.stringify(path)}`, () => {
			assert.deepEqual(readPath(body, path), value);
		});
	}
});
