import assert from 'node:assert/strict';
import { CoreError } from '../../../../core/errors';
import { PositionError } from '../../../../core/buffer/stores/positions';
import {
	isConflict,
	isConnectionIntact,
	toStoreError,
} from '../../../../core/buffer/stores/postgres/sql-error';

const sql = (code: string) => Object.assign(new Error('detail with "secret"'), { code });

describe('errors of PostgreSQL, as the callers of a store hear them (S61)', () => {
	for (const [cause, words] of [
		[sql('53100'), 'the disk of the server is full (53100)'],
		[sql('28P01'), 'the password was refused (28P01)'],
		[sql('57P03'), 'the server is starting or stopping (57P03)'],
		[sql('42601'), 'a statement was refused (42601)'],
		[sql('ECONNREFUSED'), 'nobody listens there (ECONNREFUSED)'],
		[sql('ECONNRESET'), 'the connection was lost or refused (ECONNRESET)'],
		[sql('DEPTH_ZERO_SELF_SIGNED_CERT'), 'the certificate of the other side is self-signed'],
		[new Error('The server does not support SSL connections'), 'does not offer SSL'],
		[new Error('Query read timeout'), 'the connection was lost or refused (timeout)'],
		[new Error('Connection terminated'), 'the connection was lost or refused (no connection)'],
		[undefined, 'the connection was lost or refused (no connection)'],
	] as const) {
		it(words, () => {
			const error = toStoreError(cause) as CoreError;
			assert.equal(error.code, 'ERR_STORE_UNAVAILABLE');
			assert.ok(error.message.includes(words), error.message);
			assert.ok(error.retryable && (error.retryAfterMs ?? 0) > 0);
			assert.ok(!error.message.includes('secret'));
		});
	}

	it('leaves errors of the caller as they are', () => {
		for (const error of [new CoreError('ERR_QUOTA', 'full'), new PositionError('none')]) {
			assert.equal(toStoreError(error), error);
		}
	});

	it('knows what may be tried again, and which connection can go on', () => {
		assert.deepEqual(['40001', '40P01', '55P03', '23505'].map(sql).map(isConflict), [
			true,
			true,
			false,
			false,
		]);
		assert.deepEqual(
			['23505', '57014', '53100', '57P01', '08006', 'XX000', 'EPIPE']
				.map(sql)
				.map(isConnectionIntact),
			[true, false, true, false, false, false, false],
		);
	});
});
