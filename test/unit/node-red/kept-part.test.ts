import assert from 'node:assert/strict';
import { keptPart } from '../../../node-red/runtime/kept-part';

describe('keptPart: what a buffer keeps of a message', () => {
	const message = {
		_msgid: 'm',
		topic: 'plant/a',
		payload: { t: 1 },
		qos: 2,
		req: {},
		res: {},
		sluice: { token: 'secret' },
	} as never;

	it('the payload alone', () => {
		assert.deepEqual(keptPart(message), { t: 1 });
		assert.equal(keptPart({ payload: 'text' }, 'payload'), 'text');
	});

	it('topic and payload', () => {
		assert.deepEqual(keptPart(message, 'topic'), { topic: 'plant/a', payload: { t: 1 } });
	});

	it('all of it but what belongs to this moment', () => {
		assert.deepEqual(keptPart(message, 'message'), {
			topic: 'plant/a',
			qos: 2,
			payload: { t: 1 },
		});
	});

	it('bytes in it as base64, and another payload in its place', () => {
		assert.deepEqual(keptPart({ payload: Buffer.from('hi') }, 'message'), {
			payload: { base64: 'aGk=' },
		});
		assert.deepEqual(keptPart(message, 'topic', [1]), { topic: 'plant/a', payload: [1] });
	});
});
