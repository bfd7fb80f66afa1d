import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReceiveError } from '../../../core/errors';
import { parseFormBody as parseBytes } from '../../../core/event/form-body';

const parseFormBody = (text: string, profile: 'buffer' | 'stream') =>
	parseBytes(Buffer.from(text), profile);
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
		['a[]=1&a[1]=2&a[]=3', { 'a[]': ['1', '3'], 'a[1]': '2' }, { a: ['1', '2', '3'] }],
		['a[b=1&[x]=2', { 'a[b': '1', '[x]': '2' }, { 'a[b': '1', '[x]': '2' }],
	];
	for (const [text, buffer, stream] of cases) {
		it(`reads ${JSON.stringify(text)} by both profiles`, () => {
			assert.deepEqual(plain(parseFormBody(text, 'buffer')), buffer);
			assert.deepEqual(plain(parseFormBody(text, 'stream')), stream);
		});
	}

	for (const text of ['a=1;b=2', 'a=%zz', 'a=%', 'a=%f']) {
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

	for (const [what, text] of [
		['appended values', 'a[]=1&'.repeat(170_000)],
		['one endless name', `a${'[b]'.repeat(340_000)}=1`],
		['repeated names', 'a&'.repeat(520_000)],
		['different names', Array.from({ length: 130_000 }, (_, i) => `a[${i}]`).join('&')],
	] as const) {
		it(`reads 1 MiB of ${what} in reasonable time`, () => {
			const startedAt = performance.now();
			for (const profile of ['buffer', 'stream'] as const) {
				try {
					parseFormBody(text, profile);
				} catch (error) {
					assert(error instanceof ReceiveError);
				}
			}
			assert(performance.now() - startedAt < 3_000);
		});
	}

	it('answers any text with an object or a ReceiveError', () => {
		const text = fc.string({ unit: fc.constantFrom(...'ab01[]=&%+;.é'), maxLength: 40 });
		fc.assert(
			fc.property(text, fc.constantFrom('buffer' as const, 'stream' as const), (form, profile) => {
				try {
					assert.equal(Object.getPrototypeOf(parseFormBody(form, profile)), null);
				} catch (error) {
					assert(error instanceof ReceiveError);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('reads back what URLSearchParams writes', () => {
		const pairs = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })));
		fc.assert(
			fc.property(pairs, (list) => {
				const wellFormed = list.map((pair) => pair.map((text) => Buffer.from(text).toString()));
				const expected = new Map<string, string[]>();
				for (const [name = '', value = ''] of wellFormed) {
					expected.set(name, [...(expected.get(name) ?? []), value]);
				}
				const form = parseFormBody(
					new URLSearchParams(wellFormed as [string, string][]).toString(),
					'buffer',
				);
				const found = Object.entries(form).map(([name, value]) => [name, [value].flat()] as const);
				assert.deepEqual(new Map(found), new Map([...expected]));
			}),
		);
	});
});
