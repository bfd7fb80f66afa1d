import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseMultipartBody } from '../../../core/event/multipart-body';

const part = (head: string, content: string) =>
	`--B\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
const read = (body: string | Uint8Array, boundary: string | undefined = 'B'): unknown =>
	JSON.parse(JSON.stringify(parseMultipartBody(Buffer.from(body), boundary)));
const note = 'files are not read, only fields are';

describe('parseMultipartBody', () => {
	const cases: [name: string, body: string | Uint8Array, expected: unknown][] = [
		['a field', `${part('name="subject"', 'hi')}--B--\r\n`, { subject: 'hi' }],
		['no parts', '--B--', {}],
		['an empty field', `${part('name="a"', '')}--B--`, { a: '' }],
		[
			'a repeated name as a list',
			`${part('name=a', '1')}${part('name=a', '2')}${part('name="a"', '3')}--B--`,
			{ a: ['1', '2', '3'] },
		],
		[
			'line ends and dashes of a field',
			`${part('name="a"', '\r\n--\r\n--C\r\n')}--B--`,
			{ a: '\r\n--\r\n--C\r\n' },
		],
		[
			'what stands before and after',
			`preamble\r\n${part('name="a"', '1')}--B--\r\nepilogue`,
			{ a: '1' },
		],
		[
			'blanks after a boundary',
			'--B \t\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--',
			{ a: '1' },
		],
		[
			'header names in any case',
			'--B\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; NAME="a"\r\n\r\n1\r\n--B--',
			{ a: '1' },
		],
		[
			'a name with quotes and a semicolon',
			`${part('name="a\\"b; c"', '1')}--B--`,
			{ 'a"b; c': '1' },
		],
		['a name such as __proto__', `${part('name="__proto__"', '1')}--B--`, { ['__proto__']: '1' }],
		[
			'a part in its charset',
			Buffer.from(
				'--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xf0\r\n--B--',
				'latin1',
			),
			{ a: 'П' },
		],
		[
			'a form in its charset',
			Buffer.from(
				`${part('name="_charset_"', 'koi8-r')}${part('name="a"', '\xf0')}--B--`,
				'latin1',
			),
			{ _charset_: 'koi8-r', a: 'П' },
		],
		[
			'Latin-1 that nobody declares',
			Buffer.from(`${part('name="a"', 'ß')}--B--`, 'latin1'),
			{ a: 'ß' },
		],
		[
			'a file by name, type and size',
			`--B\r\nContent-Disposition: form-data; name="f"; filename="a b.png"\r\nContent-Type: image/png\r\n\r\n12345\r\n${part('name="t"', 'x')}--B--`,
			{ f: { file: { name: 'a b.png', type: 'image/png', size: 5 }, note }, t: 'x' },
		],
		[
			'files without a type, and with a name in RFC 5987',
			`${part(`name="f"; filename="x"; filename*=UTF-8''na%C3%AFve.txt`, '')}${part('name="f"; filename=""', 'ab')}--B--`,
			{
				f: [
					{ file: { name: 'naïve.txt', type: 'application/octet-stream', size: 0 }, note },
					{ file: { name: '', type: 'application/octet-stream', size: 2 }, note },
				],
			},
		],
	];
	for (const [name, body, expected] of cases) {
		it(`reads ${name}`, () => assert.equal(JSON.stringify(read(body)), JSON.stringify(expected)));
	}

	const bad: [name: string, body: string, boundary?: string][] = [
		['no boundary', '--B--', ''],
		['another boundary', `${part('name="a"', '1')}--B--`, 'C'],
		['a part without an end', part('name="a"', '1')],
		['a part without a name', `${part('filename="a"', '1')}--B--`],
		['a part without headers', '--B\r\n--B--'],
		['headers without an end', '--B\r\nContent-Disposition: form-data; name="a"\r\n--B--'],
		[
			'endless headers',
			`--B\r\nX: ${'x'.repeat(20_000)}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--`,
		],
		['a longer boundary', `--BB\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--BB--`],
		[
			'text behind a boundary',
			'--B x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--',
		],
		['an empty text', ''],
	];
	for (const [name, body, boundary = 'B'] of bad) {
		it(`refuses ${name}`, () =>
			assert.throws(() => read(body, boundary), { code: 'ERR_BODY_UNREADABLE' }));
	}

	it('answers any text with fields or a ReceiveError', () => {
		const piece = fc.constantFrom(
			'--B',
			'--',
			'\r\n',
			'\r\n\r\n',
			'Content-Disposition: form-data; name="a"',
			'; filename=',
			'x',
			'\n',
			'"',
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
				try {
					read(pieces.join(''));
				} catch (error) {
					assert.equal((error as { code?: string }).code, 'ERR_BODY_UNREADABLE');
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('reads back any fields', () => {
		const field = fc
			.string({ unit: 'binary', maxLength: 20 })
			.map((text) => Buffer.from(text).toString());
		fc.assert(
			fc.property(fc.array(field, { maxLength: 5 }), (fields) => {
				const body = fields.map((text, i) => part(`name="f${i}"`, text)).join('');
				fc.pre(!fields.some((text) => text.includes('--B') || text.includes('\ufeff')));
				assert.deepEqual(Object.values(read(`${body}--B--`) as object), fields);
			}),
		);
	});

	it('reads many parts in reasonable time', () => {
		const startedAt = performance.now();
		read(`${part('name="a"', '1').repeat(15_000)}--B--`);
		assert.ok(performance.now() - startedAt < 5_000);
	});
});
