import assert from 'node:assert/strict';
import { storeFailures } from '../../../core/buffer/stores/postgres/store-failures';
import { PositionError } from '../../../core/buffer/stores/positions';
import { CoreError } from '../../../core/errors';
import {
	describeFailure,
	isConflict,
	isConnectionIntact,
	isOfCaller,
} from '../../../core/postgres/sql-error';
import { tableFailures } from '../../../core/sink/table/postgres/postgres-fault';

const sql = (code: string) => Object.assign(new Error('detail with "secret"'), { code });

describe('errors of PostgreSQL, as people hear them (S61)', () => {
	for (const [cause, words] of [
		[sql('53100'), 'the disk of the server is full (53100)'],
		[sql('28P01'), 'the password was refused (28P01)'],
		[sql('57P03'), 'the server is starting or stopping (57P03)'],
		[sql('42601'), 'a statement was refused (42601)'],
		[sql('ECONNREFUSED'), 'nobody listens there (ECONNREFUSED)'],
		[sql('ECONNRESET'), 'the connection was lost or refused (ECONNRESET)'],
		[sql('DEPTH_ZERO_SELF_SIGNED_CERT'), 'the certificate of the other side is self-signed'],
		[new Error('The server does not support SSL connections'), 'does not offer SSL'],
		[new Error('Query read timeout'), 'no answer in time (timeout)'],
		[new Error('Connection terminated'), 'the connection was lost or refused (no connection)'],
		[undefined, 'the connection was lost or refused (no connection)'],
	] as const) {
		it(words, () => {
			const { message } = describeFailure(cause);
			assert.ok(message.includes(words), message);
			assert.ok(!message.includes('secret'));
		});
	}

	it('are told in the words of whoever uses the connection', () => {
		for (const [code, ofStore, ofTable, kind] of [
			['42P01', /a table of the store is missing/, /not what it was/, 'mismatch'],
			['42501', /a schema it owns/, /USAGE and CREATE on the schema/, 'denied'],
			['28P01', /the password was refused/, /the password was refused/, 'denied'],
			['53100', /the disk of the server is full/, /the disk of the server is full/, 'unavailable'],
			['55P03', /held what was needed/, /somebody else held the table/, 'timeout'],
			['25006', /it is read-only now: a standby/, /it is read-only now: a standby/, 'unavailable'],
			['23505', /a statement was refused/, /a constraint, a trigger or a type/, 'refused'],
			['57014', /a statement took too long/, /a statement took too long/, 'timeout'],
		] as const) {
			const error = storeFailures.failed(sql(code));
			assert(error instanceof CoreError && error.code === 'ERR_STORE_UNAVAILABLE');
			assert.match(error.message, ofStore);
			assert.ok(error.retryable && (error.retryAfterMs ?? 0) > 0);
			const fault = tableFailures.failed(sql(code));
			assert.match(fault.message, ofTable);
			assert.equal((fault as { kind?: unknown }).kind, kind);
		}
	});

	it('are none where whoever uses a connection is wrong', () => {
		const errors = [
			new CoreError('ERR_QUOTA', 'full'),
			new PositionError('none'),
			new TypeError(),
			Object.assign(new TypeError(), { code: 'ERR_INVALID_URL' }),
			sql('53100'),
		];
		assert.deepEqual(errors.map(isOfCaller), [true, true, true, false, false]);
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
