import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';

describe('createEvent', () => {
	it('lower-cases header names, joins spellings and has no prototype', () => {
		const { headers } = createEvent({
			headers: { 'X-A': '1', 'x-a': ['2', '3'], B: undefined, ['__proto__']: 'data' },
		});
		assert.deepEqual({ ...headers }, { 'x-a': ['1', '2', '3'], ['__proto__']: ['data'] });
		assert.equal(Object.getPrototypeOf(headers), null);
	});

	it('gives an id that begins with the time of receipt', () => {
		const { id, receivedAt } = createEvent({ receivedAt: 0x0123456789ab });
		assert.equal(receivedAt, 0x0123456789ab);
		assert.match(id, /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	});

	const bodies: [name: string, body: unknown, text: string][] = [
		['text as it is', ' {"a": 1} ', ' {"a": 1} '],
		['bytes as they are', Buffer.from([0x61, 0x62]), 'ab'],
		['an object as JSON', { a: [1, null] }, '{"a":[1,null]}'],
		['null as JSON', null, 'null'],
		['a number as JSON', 21.5, '21.5'],
		['nothing as empty', undefined, ''],
	];
	for (const [name, body, text] of bodies) {
		it(`takes ${name}`, () => {
			const event = createEvent({ body });
			assert.equal(Buffer.from(event.body).toString(), text);
			assert.equal(Object.getPrototypeOf(event.body), Uint8Array.prototype);
		});
	}

	it('leaves out what is not given', () => {
		const event = createEvent({ id: 'e', receivedAt: 1, type: undefined });
		assert.deepEqual(Object.keys(event), ['id', 'receivedAt', 'ip', 'headers', 'body']);
	});

	it('refuses what is no JSON value', () => {
		assert.throws(() => createEvent({ body: () => 1 }), { code: 'ERR_BODY_UNREADABLE' });
	});
});
