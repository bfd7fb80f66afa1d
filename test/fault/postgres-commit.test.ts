import assert from 'node:assert/strict';
import { storeFailures } from '../../core/buffer/stores/postgres/store-failures';
import { Connection } from '../../core/postgres/connection';
import { usePostgres } from '../support/postgres';

/** PostgreSQL answers the COMMIT of a transaction that has failed with ROLLBACK, and with no error. */
describe('a transaction that failed unnoticed', () => {
	const database = usePostgres();

	it('is reported as failed, never as committed, and the connection goes on', async () => {
		const schema = database.newSchema();
		await database.query(`CREATE SCHEMA "${schema}"`);
		await database.query(`CREATE TABLE "${schema}".note (text text)`);
		const { connectionString } = database;
		const failures = storeFailures;
		const options = { connectionString, schema, timeoutMs: 10_000, failures, warn() {} };
		const connection = new Connection(options);
		try {
			await assert.rejects(
				connection.transaction(async (query) => {
					await query(`INSERT INTO @note VALUES ('lost')`);
					await query('SELECT 1 / 0').catch(() => {});
					return 'acknowledged';
				}),
				{ code: 'ERR_STORE_UNAVAILABLE' },
			);
			await connection.transaction((query) => query(`INSERT INTO @note VALUES ('kept')`));
			assert.deepEqual(await connection.query('SELECT text FROM @note'), [{ text: 'kept' }]);
		} finally {
			await connection.close();
		}
	});
});
