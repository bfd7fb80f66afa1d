import assert from 'node:assert/strict';
import { bodyKind, bodyText, decodedBody } from '../../../core/event/body';
import { createEvent } from '../../../core/event/create-event';

const withType = (type: string | undefined, body: string | Uint8Array) =>
	createEvent({ headers: { 'Content-Type': type }, body });

describe('bodyKind', () => {
	const kinds: [type: string | undefined, kind: string][] = [
		['application/json', 'json'],
		['Application/JSON; charset=utf-8', 'json'],
		['application/vnd.api+json', 'json'],
		['application/x-www-form-urlencoded; charset=utf-8', 'form'],
		['text/plain', 'other'],
		['application/jsonx', 'other'],
		['text/json', 'other'],
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
		['no content type', undefined, '{}', 'ERR_CONTENT_TYPE'],
		['an array', 'application/json', '[]', 'ERR_BODY_UNREADABLE'],
		['null', 'application/json', 'null', 'ERR_BODY_UNREADABLE'],
		['broken JSON', 'application/json', '{...', 'ERR_BODY_UNREADABLE'],
		[
			'a form with bad bytes',
			'application/x-www-form-urlencoded',
			Buffer.from([255]),
			'ERR_BODY_UNREADABLE',
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
