import assert from 'node:assert/strict';
import { tableDatabase } from '../../../nodes/shared/table-database';
import { triggerContext } from './trigger-context';

const PLACE = { host: 'db', port: 5433, database: 'd', user: 'u', password: 'hidden-1' };

describe('n8n’s own Postgres credential, as the database of tables', () => {
	const read = (credential: object, table = 'orders') =>
		tableDatabase(
			triggerContext({
				parameters: { then: 'table', database: 'postgres' },
				credentials: { postgres: { ...PLACE, ...credential } as never },
			}),
			{ database: 'postgres', table },
			(name) => name,
		);

	// As n8n's node takes them (N93d): only one box makes that no certificate is checked.
	const modes: [ssl: object, mode: string][] = [
		[{}, 'disable'],
		[{ ssl: 'disable' }, 'disable'],
		[{ ssl: 'allow' }, 'verify-full'],
		[{ ssl: 'require' }, 'verify-full'],
		[{ ssl: 'require', allowUnauthorizedCerts: false }, 'verify-full'],
		[{ allowUnauthorizedCerts: true }, 'no-verify'],
		[{ ssl: 'disable', allowUnauthorizedCerts: true }, 'no-verify'],
	];
	for (const [ssl, mode] of modes) {
		it(`${JSON.stringify(ssl)} is ${mode}`, async () => {
			const { config } = await read(ssl);
			assert(config.kind === 'postgres');
			assert.equal(config.connectionString, `postgresql://u:hidden-1@db:5433/d?sslmode=${mode}`);
		});
	}

	it('is called without its password, and holds the schema of the table alone', async () => {
		const { name, config } = await read({}, 'in.c-main.orders');
		assert.equal(name, 'PostgreSQL db/d');
		assert.deepEqual(config.kind === 'postgres' && config.schemas, ['in.c-main']);
	});

	it('says which of its fields is wrong', () =>
		assert.rejects(read({ port: 70_000 }), { message: /^credentials\.postgres\.port: / }));
});
