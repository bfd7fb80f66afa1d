import { openStore } from '../../core/buffer/open-store';
import { usePostgres } from '../support/postgres';
import { storeSuite } from './store-suite';

describe('on a real PostgreSQL', function () {
	this.slow(500);
	const database = usePostgres();

	storeSuite('postgres', (clock) =>
		openStore({
			kind: 'postgres',
			connectionString: database.connectionString,
			schema: database.newSchema(),
			clock,
		}),
	);
});
