import assert from 'node:assert/strict';
import { isUrlPath } from '../../../core/pure/url-path';

describe('a path that people configure', () => {
	for (const right of ['/', '/a', '/a/', '/a/b.c', '/%61', '/a..b'])
		it(`may be ${right}`, () => assert.ok(isUrlPath(right)));
	for (const wrong of ['', 'a', '/a b', '/a?b', '/a#b', '/:id', '/a*', '/a\\b', '/{a}', '/${A}'])
		it(`may not be "${wrong}"`, () => assert.ok(!isUrlPath(wrong)));
	for (const wrong of ['/.', '/./a', '/a/..', '/a/../b'])
		it(`may not be "${wrong}"`, () => assert.ok(!isUrlPath(wrong)));
});
