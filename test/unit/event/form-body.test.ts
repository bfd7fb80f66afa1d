import assert from 'node:assert/strict';
import { parseFormBody } from '../../../core/event/form-body';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('parseFormBody', () => {
	const cases: [text: string, buffer: unknown, stream: unknown][] = [
		['', {}, {}],
		['a=1&b=2', { a: '1', b: '2' }, { a: '1', b: '2' }],
		['a=1&a=2&a=3', { a: ['1', '2', '3'] }, { a: '3' }],
		['a', { a: '' }, { a: '' }],
		['a=b=c&&', { a: 'b=c' }, { a: 'b=c' }],
		['a=x+y%20%C3%A4', { a: 'x y ä' }, { a: 'x y ä' }],
		['k[]=1&k[]=2', { 'k[]': ['1', '2'] }, { k: ['1', '2'] }],
		['a[b]=1&a[c][d]=2', { 'a[b]': '1', 'a[c][d]': '2' }, { a: { b: '1', c: { d: '2' } } }],
		['a[0][x]=1&a[1][x]=2', { 'a[0][x]': '1', 'a[1][x]': '2' }, { a: [{ x: '1' }, { x: '2' }] }],
		['a[5]=1', { 'a[5]': '1' }, { a: { 5: '1' } }],
		['a[b=1&[x]=2', { 'a[b': '1', '[x]': '2' }, { 'a[b': '1', '[x]': '2' }],
	];
	for (const [text, buffer, stream] of cases) {
		it(`reads ${JSON.stringify(text)} by both profiles`, () => {
			assert.deepEqual(plain(parseFormBody(text, 'buffer')), buffer);
			assert.deepEqual(plain(parseFormBody(text, 'stream')), stream);
		});
	}

	for (const text of ['a=1;b=2', 'a=%zz', 'a=%ff']) {
		it(`refuses ${text}`, () => {
			assert.throws(() => parseFormBody(text, 'buffer'), { code: 'ERR_BODY_UNREADABLE' });
		});
	}

	it('refuses bottomless names and touches no prototype', () => {
		const deep = `a${'[b]'.repeat(40)}=1`;
		assert.throws(() => parseFormBody(deep, 'stream'), { code: 'ERR_BODY_UNREADABLE' });
		parseFormBody('__proto__[polluted]=1&a[__proto__][polluted]=1', 'stream');
		assert.equal('polluted' in {}, false);
	});
});
