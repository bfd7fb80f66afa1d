import assert from 'node:assert/strict';
import { openInspector } from '../../core/buffer/inspect/open-inspector';
import { openStore } from '../../core/buffer/open-store';
import { usePostgres } from '../support/postgres';
import { storeSuite } from './store-suite';

describe('on a real PostgreSQL', function () {
	this.slow(500);
	const database = usePostgres();

	describe('with what each test leaves checked (I3, I5, I10, I11)', () => {
		let schema = '';

		afterEach(async () => {
			const { connectionString } = database;
			const inspector = await openInspector({ kind: 'postgres', connectionString, schema });
			try {
				assert.deepEqual((await inspector.verify()).findings, []);
			} finally {
				await inspector.close();
			}
		});

		storeSuite('postgres', (clock, logger) => {
			schema = database.newSchema();
			const { connectionString } = database;
			return openStore({ kind: 'postgres', connectionString, schema, clock, logger });
		});
	});
});
