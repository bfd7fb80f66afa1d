import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasChangingNumbers, keyText, parseJson } from '../../../core/event/numbers';

/** Numbers, and whether a double is another number. */
const NUMBERS: [source: string, rounded: boolean][] = [
	['0', false],
	['-0', false],
	['0.0', false],
	['0e99', false],
	['1', false],
	['1.10', false],
	['1e2', false],
	['11e-1', false],
	['1E+2', false],
	['0.1', false],
	['1e-7', false],
	['1.7976931348623157e308', false],
	['123456789012345', false],
	['9007199254740991', false],
	['9007199254740992', false],
	['9007199254740993', true],
	['-9007199254740993', true],
	['9999999999999999', true],
	['4634343214213523454', true],
	['4634343214213523456', true],
	['12345678901234567890123', true],
	['1e400', true],
	['-1e400', true],
	['1e-400', true],
	['3.14159265358979323846', true],
	['0.1000000000000000055511151231257827', true],
	['10000000000000000000000', false],
	['1e21', false],
];

describe('parseJson', () => {
	for (const [source, rounded] of NUMBERS) {
		const json = `{"n":[${source}]}`;

		it(`writes ${source} as it came`, () =>
			assert.equal(JSON.stringify(parseJson(json, 'exact')), json));

		it(`gives ${source} as ${rounded ? 'text' : 'a number'} to a flow that wants text`, () =>
			assert.deepEqual(parseJson(json, 'text'), { n: [rounded ? source : Number(source)] }));

		it(`rounds ${source} to a double`, () =>
			assert.deepEqual(parseJson(json, 'double'), { n: [Number(source)] }));
	}

	it('leaves texts, keys and data of any name alone', () => {
		const json =
			'{"9007199254740993":"9007199254740993","__proto__":{"a":9007199254740993},"a":1,"a":1.0}';
		for (const numbers of ['exact', 'text'] as const) {
			const parsed = parseJson(json, numbers) as object;
			assert.deepEqual(Object.keys(parsed), ['9007199254740993', '__proto__', 'a']);
			assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
		}
		assert.equal(
			JSON.stringify(parseJson(json, 'exact')),
			'{"9007199254740993":"9007199254740993","__proto__":{"a":9007199254740993},"a":1.0}',
		);
	});

	it('gives as text exactly the integers that a double rounds', () => {
		const integer = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
		fc.assert(
			fc.property(
				fc.oneof(integer, fc.bigInt({ min: 2n ** 53n - 9n, max: 2n ** 53n + 9n })),
				(n) => {
					const text = String(n);
					// As people read it: a double is what JavaScript shows of it.
					const isKept = BigInt(Number(text).toLocaleString('en', { useGrouping: false })) === n;
					assert.equal(
						typeof (parseJson(`[${text}]`, 'text') as unknown[])[0],
						isKept ? 'number' : 'string',
					);
				},
			),
		);
	});

	it('is quick with numbers as long as a body', () => {
		const many = 300_000;
		const started = performance.now();
		for (const source of [
			`1e${'9'.repeat(many)}`,
			`1e-${'9'.repeat(many)}`,
			`1e${'0'.repeat(many)}1`,
			`1${'01'.repeat(many)}`,
			`0.${'0'.repeat(many)}1`,
			`1${'0'.repeat(many)}1e-${many}`,
		]) {
			parseJson(`[${source}]`, 'text');
			assert.equal(JSON.stringify(parseJson(`[${source}]`, 'exact')), `[${source}]`);
		}
		assert.ok(performance.now() - started < 5_000);
	});
});

describe('hasChangingNumbers', () => {
	it('looks at numbers alone, and not at texts that look like some', () => {
		const texts = [
			'2026-01-01T00:00:00.000Z',
			'1.10',
			'-0',
			'1e5',
			'9007199254740993',
			'"\\',
			'\\"',
		];
		for (const text of texts) {
			assert.equal(
				hasChangingNumbers(JSON.stringify({ [text]: [text, 1.5, 21, -3] })),
				false,
				text,
			);
			assert.equal(hasChangingNumbers(`{${JSON.stringify(text)}:1.10}`), true, text);
		}
		assert.equal(hasChangingNumbers('["'), false);
	});

	it('finds each number that would be written in another way, between any texts', () => {
		const number = fc.oneof(
			fc.constantFrom('-0', '1.0', '-1.50', '1e5', '1E-7', '0.0000001', '1234567890123456789'),
			fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
			fc.integer().map(String),
			fc.stringMatching(/^-?(0|[1-9]\d{0,3})(\.\d{1,4})?([eE]\d)?$/),
		);
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), number)), (pairs) => {
				const json = `[${pairs.map(([text, n]) => `{${JSON.stringify(text)}:${n}}`).join(',')}]`;
				const isKept = JSON.stringify(JSON.parse(json)) === json;
				if (!isKept) assert.equal(hasChangingNumbers(json), true, json);
				assert.equal(JSON.stringify(parseJson(json, 'exact')), json);
			}),
		);
	});
});

describe('keyText', () => {
	const keyOf = (json: string) => keyText(parseJson(json, 'exact'));

	it('tells ids beyond 2^53 apart', () => {
		assert.equal(keyOf('4634343214213523454'), '4634343214213523454');
		assert.equal(keyOf('4634343214213523455'), '4634343214213523455');
	});

	it('is the number however it is spelt', () => {
		for (const json of ['100', '1e2', '100.0', '1.00e2']) assert.equal(keyOf(json), '100');
	});

	it('takes texts and booleans, and nothing else', () => {
		assert.deepEqual(['"a"', 'true', 'null', '[1]', '{}'].map(keyOf), [
			'a',
			'true',
			undefined,
			undefined,
			undefined,
		]);
	});
});
