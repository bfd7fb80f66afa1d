import assert from 'node:assert/strict';
import { configuredPath, normalizePath } from '../../../../core/event/path-spelling';
import { requestPath, requestQuery } from '../../../../core/receiver/listener/target';

describe('requestPath: one path for all spellings of an address', () => {
	const cases: [target: string | undefined, path: string][] = [
		[undefined, '/'],
		['/', '/'],
		['/?x=1', '/'],
		['/a/', '/a'],
		['/a/b?c=/d/', '/a/b'],
		['http://example.com/in/open', '/in/open'],
		['HTTPS://user@[::1]:8080/in?x', '/in'],
		['http://example.com', '/'],
		['http://example.com?x=/y', '/'],
		['ftp://example.com/in', 'ftp://example.com/in'],
		['/http://example.com/in', '/http://example.com/in'],
		['//example.com/in', '//example.com/in'],
		['/abc%2DDEF%5F123%7e%2E', '/abc-DEF_123~.'],
		['/%41%7A%30', '/Az0'],
		['/a%2fb%3f%23%25%2B%20', '/a%2Fb%3F%23%25%2B%20'],
		['/%2541', '/%2541'],
		['/%zz%4', '/%zz%4'],
		['/b\xfcro', '/b%FCro'],
		['/..%2F%2e%2E/x', '/..%2F../x'],
		['*', '*'],
	];
	for (const [url, path] of cases) {
		it(`takes ${url} for ${path}`, () => {
			assert.equal(requestPath({ url }), path);
			assert.equal(normalizePath(path), path);
		});
	}

	it('prefers the whole target, which Express keeps', () => {
		assert.equal(requestPath({ url: '/in', originalUrl: '/root/in' }), '/root/in');
	});

	it('reads a configured path as its own requests', () => {
		assert.equal(configuredPath('/Büro/日%2d'), '/B%C3%BCro/%E6%97%A5-');
	});
});

describe('requestQuery', () => {
	const cases: [query: string, read: Record<string, string[]> | undefined][] = [
		['', undefined],
		['?', {}],
		['?a', { a: [''] }],
		['?a=1&a=2&&b=', { a: ['1', '2'], b: [''] }],
		['?a=b=c', { a: ['b=c'] }],
		['?n=%FC&m=%C3%BC', { n: ['ü'], m: ['ü'] }],
		['?n=%FC%C3%BC', { n: ['üÃ¼'] }],
		['?%FC=%zz+%4', { ü: ['%zz %4'] }],
		['?r=\xfc&u=\xc3\xbc', { r: ['ü'], u: ['ü'] }],
		['?a%5Bb%5D=1&__proto__=2', { 'a[b]': ['1'], ['__proto__']: ['2'] }],
		['?u=http://x/?y', { u: ['http://x/?y'] }],
	];
	for (const [query, read] of cases) {
		it(`reads ${query}`, () => {
			const found = requestQuery({ url: `http://x/in${query}` });
			assert.deepEqual(found && Object.entries(found), read && Object.entries(read));
		});
	}
});
