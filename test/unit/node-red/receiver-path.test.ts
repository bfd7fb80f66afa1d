import assert from 'node:assert/strict';
import { shadowed } from '../../../node-red/runtime/receiver-path';

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
