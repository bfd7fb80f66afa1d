import assert from 'node:assert/strict';
import { createEvent, type EventInput } from '../../../core/event/create-event';
import { eventRecord } from '../../../core/event/event-record';

const bodyOf = (type: string | undefined, body: EventInput['body']) =>
	eventRecord(createEvent({ headers: { 'content-type': type }, body }))['body'];

describe('eventRecord', () => {
	it('shows every part of an event', () => {
		const event = createEvent({
			id: 'e',
			receivedAt: 1_700_000_000_001,
			ip: '::1',
			method: 'POST',
			path: '/a',
			query: { q: '1', r: ['2', '3'] },
			headers: { A: '1', B: ['2', '3'], ['__proto__']: 'x', Host: 'h' },
			body: 'hi',
		});
		assert.equal(
			JSON.stringify(eventRecord(event)),
			'{"id":"e","receivedAt":"2023-11-14T22:13:20.001Z","ip":"::1","method":"POST","path":"/a","query":{"q":"1","r":["2","3"]},"headers":{"a":"1","b":["2","3"],"__proto__":"x","host":"h"},"body":"hi"}',
		);
	});

	const bodies: [
		name: string,
		type: string | undefined,
		body: EventInput['body'],
		shown: unknown,
	][] = [
		['JSON', 'application/json', '{"a":1}', { a: 1 }],
		['JSON that is no object', 'application/json', '[1]', [1]],
		['JSON without a type', undefined, '{"a":1}', { a: 1 }],
		['a value of the flow', undefined, 21.5, 21.5],
		['broken JSON', 'application/json', '{', '{'],
		['text without a type', undefined, 'hi', 'hi'],
		['text that looks like JSON', 'text/plain', '{"a":1}', '{"a":1}'],
		['an empty body', undefined, '', ''],
		['a form', 'application/x-www-form-urlencoded', 'a=1&a=2', { a: ['1', '2'] }],
		['a broken form', 'application/x-www-form-urlencoded', 'a=%', 'a=%'],
		['bytes', 'application/octet-stream', Buffer.from([255, 0]), { base64: '/wA=' }],
		['bytes that claim to be JSON', 'application/json', Buffer.from([255]), { base64: '/w==' }],
	];
	for (const [name, type, body, shown] of bodies) {
		it(`shows ${name}`, () =>
			assert.equal(JSON.stringify(bodyOf(type, body)), JSON.stringify(shown)));
	}
});
