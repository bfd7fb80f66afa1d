import assert from 'node:assert/strict';
import { BufferError, ConfigError, CoreError } from '../../../core/errors';
import { errorAnswer } from '../../../core/receiver/answer';

describe('errorAnswer: what the sender of a refused push hears', () => {
	it('names the code and the bound of what is the sender’s business', () => {
		const { status, body } = errorAnswer(new CoreError('ERR_BODY_TOO_LARGE', 'at most 10 bytes'));
		assert.deepEqual(
			[status, JSON.parse(body)],
			[413, { error: 'ERR_BODY_TOO_LARGE', message: 'at most 10 bytes' }],
		);
	});

	for (const error of [
		new BufferError('ERR_STORE_UNAVAILABLE', 'PostgreSQL: the password was refused (28P01)'),
		new BufferError('ERR_STORE_OWNED', 'the store is owned by process 4711 on host plant-7'),
		new BufferError('ERR_QUOTA', 'receiver r holds 7 bytes'),
	]) {
		it(`tells nothing of our side: ${error.code}`, () => {
			const { status, headers, body } = errorAnswer(error);
			assert.equal(status, 503);
			assert.ok(Number(headers['retry-after']) >= 1);
			assert.deepEqual(JSON.parse(body), {
				error: error.code,
				message: 'the event was not stored; try again later',
			});
		});
	}

	it('shows nothing of an error that is not expected, nor why a login failed', () => {
		const { body } = errorAnswer(new Error('secret'));
		assert.match(body, /"internal"/);
		assert.doesNotMatch(body, /secret|    at /);
		const refused = errorAnswer(new CoreError('ERR_TOKEN_EXPIRED', 'expired at noon'));
		assert.deepEqual([refused.status, refused.body.includes('noon')], [401, false]);
		assert.equal(errorAnswer(new ConfigError('store', 'a store')).status, 400);
	});
});
