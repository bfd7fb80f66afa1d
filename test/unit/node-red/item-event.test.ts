import assert from 'node:assert/strict';
import type { NodeAPI, NodeMessage } from 'node-red';
import { eventRecord } from '../../../core/event/event-record';
import { bodyOf, itemEvent } from '../../../node-red/runtime/item-event';

const RED = (settings: object = {}) => ({ settings }) as unknown as NodeAPI;
const shown = (message: object) => eventRecord(itemEvent(RED(), message as NodeMessage))['body'];

describe('itemEvent: a message as an event', () => {
	const json = '{"x":1}';
	const payloads: [name: string, message: object, body: unknown][] = [
		['an object', { payload: { x: 1 } }, { x: 1 }],
		[
			'an object whatever came with it',
			{ payload: { x: 1 }, headers: { 'content-type': 'text/plain' } },
			{ x: 1 },
		],
		['a list', { payload: [1] }, [1]],
		['nothing', {}, null],
		['a text that looks like JSON', { payload: json }, json],
		['bytes that look like JSON', { payload: Buffer.from(json) }, { base64: 'eyJ4IjoxfQ==' }],
		['bytes that are no text', { payload: Buffer.from([255]) }, { base64: '/w==' }],
		[
			'bytes with a type',
			{ payload: Buffer.from(json), headers: { 'Content-Type': 'application/json' } },
			{ x: 1 },
		],
	];
	for (const [name, message, body] of payloads) {
		it(`keeps ${name} what it is`, () => assert.deepEqual(shown(message), body));
	}

	it('leaves out the password of httpNodeAuth, and nothing where there is none', () => {
		const message = {
			payload: 1,
			req: { headers: { authorization: 'Basic x', cookie: 'c' } },
		} as unknown as NodeMessage;
		const namesOf = (settings: object) => Object.keys(itemEvent(RED(settings), message).headers);
		assert.deepEqual(namesOf({ httpNodeAuth: { user: 'u' } }), ['cookie', 'content-type']);
		assert.deepEqual(namesOf({}), ['authorization', 'cookie', 'content-type']);
	});

	it('gives the text of what is signed and sent', () => {
		assert.equal(bodyOf({ a: [1, 2] }), '{"a":[1,2]}');
		assert.throws(() => bodyOf(Object.assign(() => 1)), { code: 'ERR_BODY_UNREADABLE' });
	});
});
