import assert from 'node:assert/strict';
import {
	spellingsOf,
	withoutSecrets,
	type RequestSecrets,
} from '../../../core/receiver/without-secrets';

const SECRET = 'k7Zq-93_hTr.b~4xWv';
const encodeAll = (text: string) =>
	[...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('withoutSecrets', () => {
	const headersOf = (
		headers: Record<string, string[]>,
		{ texts = [SECRET], ...secrets }: Partial<RequestSecrets> = {},
	) => ({
		...withoutSecrets(
			{ headers, query: undefined },
			{ headers: [], query: [], ...secrets, texts: spellingsOf(texts) },
		).headers,
	});

	const repeats: [name: string, value: string][] = [
		['x-forwarded-uri', `/r/${SECRET}`],
		['x-original-url', `/r/${SECRET}?a=1`],
		['x-original-uri', `https://h/r/${SECRET}/`],
		['x-rewrite-url', `/r/${encodeAll(SECRET)}`],
		['x-envoy-original-path', `/r/${SECRET.replace('~', '%7E')}`],
		['referer', `https://proxy/?to=${encodeURIComponent(`https://h/r/${encodeAll(SECRET)}`)}`],
		['forwarded', `for=192.0.2.1;path="/r/${SECRET}"`],
		['x-anything', SECRET],
		['x-broken', `%zz%/r/${encodeAll(SECRET).toUpperCase()}%`],
	];
	for (const [name, value] of repeats) {
		it(`leaves out ${name}, which repeats the secret of the URL`, () =>
			assert.deepEqual(headersOf({ [name]: [value], a: ['1'] }), { a: ['1'] }));
	}

	it('leaves out one value of several', () =>
		assert.deepEqual(headersOf({ via: ['1.1 a', `1.1 ${SECRET}`, '1.1 b'] }), {
			via: ['1.1 a', '1.1 b'],
		}));

	it('finds a secret that is itself written with escapes', () =>
		assert.deepEqual(headersOf({ referer: ['/r/ä ö'] }, { texts: ['%C3%A4%20%C3%B6'] }), {}));

	it('keeps everything else as it came', () => {
		const headers = {
			authorization: ['Bearer x'],
			'x-dt-signature': ['a.b.c'],
			cookie: ['a=1', 'b=2'],
			'x-half': [SECRET.slice(0, 10)],
			'x-escapes': ['100%25 %zz %'],
			['__proto__']: ['x'],
		};
		assert.deepEqual(headersOf(headers), { ...headers });
	});

	it('leaves out the headers that carried a secret, and no others', () =>
		assert.deepEqual(
			headersOf({ authorization: ['Basic x'], 'x-key': ['k'] }, { headers: ['authorization'] }),
			{ 'x-key': ['k'] },
		));

	it('leaves out what of the query repeats the secret, names too', () => {
		const { query } = withoutSecrets(
			{ headers: {}, query: { to: [`/r/${SECRET}`, '/x'], [SECRET]: [''], flag: [] } },
			{ headers: [], query: [], texts: [SECRET] },
		);
		assert.deepEqual({ ...query }, { to: ['/x'], flag: [] });
	});

	it('leaves out the query parameters that carried a secret, and no others', () => {
		const { headers, query } = withoutSecrets(
			{ headers: { a: ['k'] }, query: { key: ['k'], ke: ['k'] } },
			{ headers: [], query: ['key'], texts: [] },
		);
		assert.deepEqual([{ ...headers }, { ...query }], [{ a: ['k'] }, { ke: ['k'] }]);
	});

	it('takes no empty secret for one that is everywhere', () =>
		assert.deepEqual(headersOf({ a: ['1'] }, { texts: [''] }), { a: ['1'] }));
});
