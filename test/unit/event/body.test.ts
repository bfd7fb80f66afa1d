import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bodyText, decodedBody, exactBody } from '../../../core/event/body';
import { bodyKind } from '../../../core/event/body-kind';
import { createEvent } from '../../../core/event/create-event';

const withType = (type: string | undefined, body: string | Uint8Array) =>
	createEvent({ headers: { 'Content-Type': type }, body });

describe('bodyKind', () => {
	const kinds: [type: string | undefined, kind: string][] = [
		['application/json', 'json'],
		['Application/JSON; charset=utf-8', 'json'],
		['application/vnd.api+json', 'json'],
		['application/x-www-form-urlencoded; charset=utf-8', 'form'],
		['text/plain', 'text'],
		['text/json', 'text'],
		['TEXT/XML; charset="utf-8"', 'text'],
		['application/soap+xml', 'text'],
		['application/x-ndjson', 'text'],
		['application/jsonx', 'binary'],
		['application/octet-stream', 'binary'],
		['image/png', 'binary'],
		['application/pdf', 'binary'],
		['application/cloudevents+json', 'json'],
		['multipart/form-data; boundary=x', 'multipart'],
		['multipart/mixed; boundary=x', 'binary'],
		['', 'none'],
		[undefined, 'none'],
	];
	for (const [type, kind] of kinds) {
		it(`calls ${type} ${kind}`, () => assert.equal(bodyKind(withType(type, '')), kind));
	}
});

describe('decodedBody', () => {
	it('parses once, also through a copy of the event', () => {
		const event = withType('application/json', '{"a":1}');
		assert.equal(decodedBody(event), decodedBody({ ...event, type: 't' }));
	});

	it('keeps the forms of both profiles apart', () => {
		const event = withType('application/x-www-form-urlencoded', 'a[]=1');
		assert.deepEqual({ ...(decodedBody(event) as object) }, { 'a[]': '1' });
		assert.deepEqual({ ...(decodedBody(event, 'stream') as object) }, { a: ['1'] });
	});

	const refused: [
		name: string,
		type: string | undefined,
		body: string | Uint8Array,
		code: string,
	][] = [
		['text', 'text/plain', '{}', 'ERR_CONTENT_TYPE'],
		['a multipart form', 'multipart/form-data; boundary=B', '--B--', 'ERR_CONTENT_TYPE'],
		['no content type', undefined, '{}', 'ERR_CONTENT_TYPE'],
		['an array', 'application/json', '[]', 'ERR_BODY_UNREADABLE'],
		['null', 'application/json', 'null', 'ERR_BODY_UNREADABLE'],
		['broken JSON', 'application/json', '{...', 'ERR_BODY_UNREADABLE'],
		[
			'a form of an unknown charset',
			'application/x-www-form-urlencoded; charset=x-unknown',
			'a=1',
			'ERR_CONTENT_TYPE',
		],
	];
	for (const [name, type, body, code] of refused) {
		it(`refuses ${name}, each time`, () => {
			const event = withType(type, body);
			assert.throws(() => decodedBody(event), { code });
			assert.throws(() => decodedBody(event), { code });
		});
	}

	it('reads any JSON value of the flow without a content type', () => {
		assert.equal(decodedBody(createEvent({ body: 21.5 })), 21.5);
		assert.deepEqual(decodedBody({ ...createEvent({ body: { a: 1 } }), type: 't' }), { a: 1 });
	});
});

describe('bodyText', () => {
	it('shows bytes that are no text as U+FFFD', () => {
		assert.equal(bodyText(createEvent({ body: Buffer.from([0x61, 0xff]) })), 'a\ufffd');
	});
});

describe('exactBody', () => {
	it('writes numbers as they were sent', () => {
		const numbers = [
			'1',
			'1.10',
			'1.0',
			'-0',
			'-0.0',
			'1e5',
			'1E+2',
			'0.1',
			'0.0000001',
			'0.000001',
		];
		numbers.push(
			'12345678901234567890',
			'9007199254740993',
			'0.1234567890123456789',
			'1.5e-7',
			'100',
		);
		const text = `{"n":[${numbers.join(',')}],"t":"2024-01-01T00:00:00.000Z 1e5"}`;
		assert.equal(JSON.stringify(exactBody(withType('application/json', text))), text);
	});

	it('writes any number as it was sent', () => {
		const digits = fc.string({
			unit: fc.constantFrom(...'0123456789'),
			minLength: 1,
			maxLength: 20,
		});
		const whole = digits.map((text) => text.replace(/^0+(?=.)/, ''));
		const exponent = fc
			.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), whole)
			.map((pair) => pair.join(''));
		const number = fc
			.tuple(fc.constantFrom('', '-'), whole, fc.option(digits), fc.option(exponent))
			.map(
				([sign, n, fraction, exp]) =>
					`${sign}${n}${fraction === null ? '' : `.${fraction}`}${exp ?? ''}`,
			);
		fc.assert(
			fc.property(number, (text) => {
				assert.equal(JSON.stringify(exactBody(withType('application/json', text))), text);
			}),
			{ numRuns: 2000 },
		);
	});

	it('is the parsed body itself where no number would change', () => {
		const event = withType('application/json', '{"a":[1,0.5,100]}');
		assert.equal(exactBody(event), decodedBody(event));
	});
});
