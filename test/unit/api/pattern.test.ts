import assert from 'node:assert/strict';
import { compilePattern } from '../../../core/api/pattern';

describe('compilePattern', () => {
	for (const [pattern, path, expected] of [
		['/v1', '/v1', {}],
		['/v1', '/v1/a', undefined],
		['/', '/', {}],
		['/r/{id}', '/r/a%20b', { id: 'a b' }],
		['/r/{id}', '/r/a%2Fb', { id: 'a/b' }],
		['/r/{id}', '/r/', undefined],
		['/r/{id}', '/r/a/b', undefined],
		['/r/{id}', '/r/%E0%A4%A', undefined],
		['/c/{id}:sync', '/c/a:sync', { id: 'a' }],
		['/c/{id}:sync', '/c/a:b:sync', { id: 'a:b' }],
		['/c/{id}:sync', '/c/:sync', undefined],
		['/c/{id}:sync', '/c/a%3Async', undefined],
		['/t/{*task}', '/t/a/b%2Fc', { task: 'a/b/c' }],
		['/t/{*task}', '/t', undefined],
		['/t/{*task}', '/t/', undefined],
	] as const) {
		it(`${pattern} ${expected ? 'matches' : 'is not'} ${path}`, () => {
			const found = compilePattern(pattern).match(path);
			assert.deepEqual(found && { ...found }, expected);
		});
	}

	it('fills in what it takes out', () => {
		const pattern = compilePattern('/a/{x}/{y}:do');
		const values = { x: 'a/b č', y: '%:' };
		assert.deepEqual({ ...pattern.match(pattern.fill(values)) }, values);
	});

	it('refuses what nothing could match, or could be read in two ways', () => {
		for (const text of ['v1', '/{a}/{a}', '/{*a}/b', '/{a', '/x{a}', '/{a}b'])
			assert.throws(() => compilePattern(text), TypeError, text);
	});
});
