import assert from 'node:assert/strict';
import { Routes, type Place } from '../../../../core/receiver/listener/routes';

const one = { label: 'one' };
const two = { label: 'two' };

describe('Routes: who answers where', () => {
	it('finds nothing where nothing is, and everything below the root where that is a prefix', () => {
		const routes = new Routes<string>();
		assert.equal(routes.find('/a/b'), undefined);
		routes.add({ prefix: '/' }, 'root', one);
		for (const path of ['/', '/a', '/a/b/c']) assert.equal(routes.find(path), 'root');
	});

	it('takes the longest prefix, whichever came first', () => {
		for (const order of [
			['/a', '/a/b', '/a/b/c'],
			['/a/b/c', '/a/b', '/a'],
		]) {
			const routes = new Routes<string>();
			for (const prefix of order) routes.add({ prefix }, prefix, one);
			const found = ['/a/x', '/a/b/x', '/a/b/c/x/y', '/a/bc'].map((path) => routes.find(path));
			assert.deepEqual(found, ['/a', '/a/b', '/a/b/c', '/a']);
		}
	});

	it('takes one more segment for a secret, never two, and a path of its own before that', () => {
		const routes = new Routes<string>();
		routes.add({ path: '/in', secretInUrl: true }, 'in', one);
		routes.add({ path: '/in/known' }, 'known', one);
		routes.add({ prefix: '/in/known' }, 'below', one);
		const found = ['/in', '/in/x', '/in/x/y', '/in/known', '/in/known/z'].map((path) =>
			routes.find(path),
		);
		assert.deepEqual(found, ['in', 'in', undefined, 'known', 'below']);
	});

	const rivals: [had: Place, wanted: Place, isTaken: boolean][] = [
		[{ path: '/a' }, { path: '/%61/' }, true],
		[{ prefix: '/a' }, { prefix: '/a/' }, true],
		[{ path: '/a' }, { prefix: '/a' }, false],
		[{ prefix: '/a' }, { path: '/a' }, false],
		[{ path: '/a', secretInUrl: true }, { prefix: '/a' }, true],
		[{ prefix: '/a' }, { path: '/a', secretInUrl: true }, true],
		[{ prefix: '/a' }, { path: '/a/b', secretInUrl: true }, false],
	];
	for (const [had, wanted, isTaken] of rivals) {
		it(`${JSON.stringify(wanted)} beside ${JSON.stringify(had)}: ${isTaken ? 'refused' : 'taken'}`, () => {
			const routes = new Routes<string>();
			const remove = routes.add(had, 'had', one);
			const want = () => routes.add(wanted, 'wanted', two);
			if (!isTaken) return void want();
			assert.throws(want, {
				code: 'ERR_CONFIG_INVALID',
				message: /"\/a" is held by "one" and asked for by "two"/,
			});
			remove();
			want();
			// Ending what has ended does nothing to who came after.
			remove();
			assert.equal(routes.find('/a'), 'wanted');
		});
	}

	for (const wrong of ['', 'a', '/a b', '/a?b', '/a#b', '/a\\b', '/a/../b', '/%2e%2E/b', '/.'])
		it(`refuses "${wrong}", which nobody can ask for`, () =>
			assert.throws(() => new Routes<string>().add({ prefix: wrong }, 'x', one), {
				code: 'ERR_CONFIG_INVALID',
				message: /^prefix: /,
			}));
});
