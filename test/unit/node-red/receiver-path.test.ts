import assert from 'node:assert/strict';
import { isPath, shadowed } from '../../../node-red/runtime/receiver-path';

describe('the path of a receiver', () => {
	for (const right of ['/', '/a', '/a/', '/a/b.c', '/%61', '/a..b', '${IN_PATH}'])
		it(`takes ${right}`, () => assert.ok(isPath(right)));
	for (const wrong of ['', 'a', '/a b', '/a?b', '/a#b', '/:id', '/a*', '/a\\b', '/{a}', '/a/../b'])
		it(`refuses "${wrong}"`, () => assert.ok(!isPath(wrong)));
	for (const wrong of ['/.', '/./a', '/a/..'])
		it(`refuses "${wrong}"`, () => assert.ok(!isPath(wrong)));
});

describe('http in nodes on the path of a receiver', () => {
	const cases: [path: string, secretInUrl: boolean, url: unknown, isHit: boolean][] = [
		['/in', false, '/in', true],
		['/in', false, 'in', true],
		['/in', false, '/IN/', true],
		['/in', false, '//in', true],
		['/in', false, '/in/more', false],
		['/in', true, '/in/more', true],
		['/in', true, '/in/more/still', false],
		['/in', true, '/in/:id', true],
		['/in', false, '/:any', true],
		['/in', false, '/:any?', true],
		['/in', false, '/in/:id?', true],
		['/in', false, '/in/:id', false],
		['/in/a', false, '/in/(a|b)', true],
		['/in/a', false, '/in/*', true],
		['/in/a/b', false, '/in*', true],
		['/', false, '/', true],
		['/', true, '/x', true],
		['/', false, '/x', false],
		['/in', false, '', false],
		['/in', false, undefined, false],
	];
	for (const [path, secretInUrl, url, isHit] of cases) {
		it(`${path}${secretInUrl ? ' with a secret' : ''} and ${String(url)}: ${isHit}`, () => {
			const node = { id: 'h', type: 'http in', name: '', url, method: 'get' };
			const expected = isHit ? [{ name: 'h', method: 'GET' }] : [];
			assert.deepEqual(shadowed(path, secretInUrl, [node]), expected);
		});
	}

	it('are no nodes of another type', () => {
		assert.deepEqual(shadowed('/in', false, [{ id: 'x', type: 'other', url: '/in' }]), []);
	});
});
