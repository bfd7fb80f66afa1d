import assert from 'node:assert/strict';
import { bodyText, decodedBody } from '../../../core/event/body';
import { READ_BODY_AS } from '../../../core/event/read-as';
import { decodeEvent, encodeEvent } from '../../../core/event/codec';
import { createEvent, type EventInput } from '../../../core/event/create-event';
import { eventRecord } from '../../../core/event/event-record';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const shown = (
	headers: Record<string, string>,
	body: string | Uint8Array,
	o: Partial<EventInput> = {},
) => {
	const { body: result } = eventRecord(createEvent({ headers, body, ...o }));
	return JSON.parse(JSON.stringify(result)) as unknown;
};
const of = (type: string, body: string | Uint8Array) => shown({ 'content-type': type }, body);

describe('what a body is, by its content type', () => {
	const utf16 = Buffer.from('{"a":"ü"}', 'utf16le');
	const cases: [name: string, type: string, body: string | Uint8Array, expected: unknown][] = [
		[
			'JSON in Latin-1',
			'application/json; charset=iso-8859-1',
			latin1('{"city":"Zürich"}'),
			{ city: 'Zürich' },
		],
		['JSON in UTF-16', 'application/json;charset="UTF-16LE"', utf16, { a: 'ü' }],
		[
			'JSON of an unknown charset that is UTF-8',
			'application/json; charset=x-none',
			'{"a":"ü"}',
			{ a: 'ü' },
		],
		[
			'JSON of an unknown charset that is not',
			'application/json; charset=x-none',
			latin1('{"a":"ü"}'),
			{ base64: latin1('{"a":"ü"}').toString('base64'), unreadable: 'unknown charset "x-none"' },
		],
		['JSON that is called ASCII', 'application/json; charset=us-ascii', '{"a":"ü"}', { a: 'ü' }],
		[
			'JSON that breaks its charset',
			'application/json; charset=shift_jis',
			Buffer.from([0x22, 0x81, 0x22]),
			{ base64: 'IoEi' },
		],
		['text in Latin-1', 'text/plain; charset=iso-8859-1', latin1('Grüße'), 'Grüße'],
		['text in KOI8-R', 'text/plain; charset=KOI8-R', Buffer.from([0xf0, 0xf2]), 'ПР'],
		['text without a charset that is no UTF-8', 'text/plain', latin1('Grüße'), 'Grüße'],
		['text that is not of its charset', 'text/plain; charset=utf-8', latin1('Grüße'), 'Grüße'],
		[
			'text of an unknown charset',
			'text/plain; charset=x-none',
			'hi',
			{ base64: 'aGk=', unreadable: 'unknown charset "x-none"' },
		],
		['text that looks like JSON', 'text/plain', '{"x":1}', '{"x":1}'],
		['XML', 'application/xml', '<a/>', '<a/>'],
		['lines of JSON', 'application/x-ndjson', '{}\n{}', '{}\n{}'],
		['octets that are UTF-8', 'application/octet-stream', '{"x":1}', { base64: 'eyJ4IjoxfQ==' }],
		['octets that are not', 'application/octet-stream', Buffer.from([255]), { base64: '/w==' }],
		['an empty picture', 'image/png', '', { base64: '' }],
		['an SVG', 'image/svg+xml', '<svg/>', '<svg/>'],
		[
			'a form in Latin-1',
			'application/x-www-form-urlencoded',
			'street=Stra%DFe+1&x=%2525',
			{ street: 'Straße 1', x: '%25' },
		],
		[
			'a form that declares its charset',
			'application/x-www-form-urlencoded; charset=koi8-r',
			'a=%F0%F2',
			{ a: 'ПР' },
		],
		[
			'a form that names its charset',
			'application/x-www-form-urlencoded',
			'a=%82%A0&charset=Shift_JIS',
			{ a: 'あ', charset: 'Shift_JIS' },
		],
		[
			'a form of a browser that names it',
			'application/x-www-form-urlencoded',
			'_charset_=koi8-r&a=%F0',
			{ _charset_: 'koi8-r', a: 'П' },
		],
		[
			'a form that names a charset wrongly',
			'application/x-www-form-urlencoded',
			'charset=utf-16&a=%C3%BC',
			{ charset: 'utf-16', a: 'ü' },
		],
		['a form in UTF-8', 'application/x-www-form-urlencoded', 'a=%C3%BC', { a: 'ü' }],
		[
			'a form of an unknown charset',
			'application/x-www-form-urlencoded; charset=x-none',
			'a=1',
			{ base64: 'YT0x', unreadable: 'unknown charset "x-none"' },
		],
		['a form with raw bytes', 'application/x-www-form-urlencoded', latin1('a=ß'), { a: 'ß' }],
	];
	for (const [name, type, body, expected] of cases) {
		it(`shows ${name}`, () => assert.deepEqual(of(type, body), expected));
	}

	it('shows what is compressed as bytes, whatever it is', () => {
		for (const encoding of ['gzip', 'br', 'deflate, gzip'])
			assert.deepEqual(
				shown({ 'content-type': 'application/json', 'content-encoding': encoding }, '{}'),
				{ base64: 'e30=' },
			);
		const plain = { 'content-type': 'application/json', 'content-encoding': 'identity' };
		assert.deepEqual(shown(plain, '{}'), {});
	});

	it('says in a template why a compressed body cannot be read', () => {
		const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
		assert.throws(() => decodedBody(createEvent({ headers, body: '{}' })), {
			code: 'ERR_CONTENT_TYPE',
			message: /compressed/,
		});
	});

	it('gives the text of a body in its charset', () => {
		const headers = { 'content-type': 'text/plain; charset=latin1' };
		assert.equal(bodyText(createEvent({ headers, body: latin1('ß') })), 'ß');
	});
});

describe('the charset of a form', () => {
	it('is the declared one before the one it names', () =>
		assert.deepEqual(
			of('application/x-www-form-urlencoded; charset=koi8-r', 'a=%F0&charset=windows-1252'),
			{ a: 'П', charset: 'windows-1252' },
		));
});

describe('what a body is, by what the receiver says', () => {
	const json = '{"x":1}';
	const cases: [
		readAs: 'json' | 'form' | 'text' | 'binary',
		type: string,
		body: string,
		expected: unknown,
	][] = [
		['json', 'text/plain; charset=UTF-8', json, { x: 1 }],
		['json', 'application/octet-stream', json, { x: 1 }],
		['json', 'application/json', '[1]', [1]],
		['json', 'text/plain', 'no JSON', 'no JSON'],
		['form', 'text/plain', 'a=1', { a: '1' }],
		[
			'form',
			'multipart/form-data; boundary=B',
			'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--',
			{ a: '1' },
		],
		['text', 'application/json', json, json],
		['binary', 'application/json', json, { base64: 'eyJ4IjoxfQ==' }],
	];
	for (const [readAs, type, body, expected] of cases) {
		it(`shows ${type} read as ${readAs}`, () => {
			assert.deepEqual(shown({ 'content-type': type }, body, { readAs }), expected);
		});
	}

	it('lets templates read any JSON, and forms with files', () => {
		const read = (readAs: 'json' | 'form', type: string, body: string) =>
			decodedBody(createEvent({ headers: { 'content-type': type }, body, readAs }));
		assert.deepEqual(read('json', 'text/plain', '[1]'), [1]);
		const form = read('form', 'multipart/form-data; boundary=B', '--B--');
		assert.deepEqual({ ...(form as object) }, {});
		assert.throws(() => decodedBody(createEvent({ body: json, readAs: 'text' })), {
			code: 'ERR_CONTENT_TYPE',
		});
	});

	it('stays with the event in the store', () => {
		for (const readAs of READ_BODY_AS) {
			if (readAs === 'type') continue;
			const event = createEvent({ body: 'x', readAs });
			assert.deepEqual(decodeEvent(encodeEvent(event)), event);
		}
		const later = encodeEvent({ ...createEvent({ body: 'x' }), readAs: 'xml' as 'json' });
		assert.equal(decodeEvent(later).readAs, undefined);
	});

	it('reads the same bytes anew where they are to be read in another way', () => {
		const event = createEvent({ headers: { 'content-type': 'text/plain' }, body: json });
		assert.equal(eventRecord(event)['body'], json);
		assert.deepEqual(eventRecord({ ...event, readAs: 'json' })['body'], { x: 1 });
		assert.equal(eventRecord(event)['body'], json);
		const western = createEvent({ headers: event.headers, body: latin1('ß') });
		assert.equal(bodyText(western), 'ß');
		assert.equal(bodyText({ ...western, readAs: 'json' }), '\ufffd');
	});
});
