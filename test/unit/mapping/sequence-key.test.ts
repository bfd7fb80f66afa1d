import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { sequenceKeyReader } from '../../../core/mapping/sequence-key';
import { MAX_SEQUENCE_KEY_LENGTH } from '../../../core/pure/bounds';

const keyOf = (body: string, path = 'device.id', type = 'application/json') =>
	sequenceKeyReader(path)(createEvent({ headers: { 'content-type': type }, body }));
const long = 'x'.repeat(MAX_SEQUENCE_KEY_LENGTH);

describe('the key by which a row goes in order', () => {
	const cases: [what: string, body: string, key: string | undefined][] = [
		['a text', '{"device":{"id":"a"}}', 'a'],
		['a text of white space, which is no other', '{"device":{"id":" a "}}', ' a '],
		['an empty text', '{"device":{"id":""}}', ''],
		['a number', '{"device":{"id":5}}', '5'],
		['a number in another spelling', '{"device":{"id":5.0}}', '5'],
		['a number that no double is', '{"device":{"id":9007199254740993}}', '9007199254740993'],
		['a flag', '{"device":{"id":false}}', 'false'],
		['text that is as long as a key may be', `{"device":{"id":"${long}"}}`, long],
		['null', '{"device":{"id":null}}', undefined],
		['an object', '{"device":{"id":{"a":1}}}', undefined],
		['a list', '{"device":{"id":["a"]}}', undefined],
		['nothing at the place', '{"device":{}}', undefined],
		['an inherited name', '{"device":1}', undefined],
		['a body that is no JSON', '{"device":', undefined],
		['no body', '', undefined],
	];
	for (const [what, body, key] of cases) {
		it(`of ${what} is ${JSON.stringify(key)?.slice(0, 30) ?? 'none'}`, () => {
			assert.equal(keyOf(body), key);
		});
	}

	it('is read of forms, and not of text that looks like JSON', () => {
		assert.equal(keyOf('id=7', 'id', 'application/x-www-form-urlencoded'), '7');
		assert.equal(keyOf('{"id":7}', 'id', 'text/plain'), undefined);
	});

	it('of a long text is its digest: the same for the same text, another for another', () => {
		const body = (text: string) => JSON.stringify({ device: { id: text } });
		const key = keyOf(body(`${long}a`));
		assert.match(String(key), /^sha256:[0-9a-f]{64}$/);
		assert.equal(keyOf(body(`${long}a`)), key);
		assert.notEqual(keyOf(body(`${long}b`)), key);
		assert.notEqual(keyOf(body(`${long}\ud800`)), keyOf(body(`${long}\ud801`)), 'halves of pairs');
	});

	it('is none without a path', () => {
		assert.equal(sequenceKeyReader(undefined)(createEvent({ body: '{"id":1}' })), undefined);
	});
});
