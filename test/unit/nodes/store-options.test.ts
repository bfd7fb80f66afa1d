import assert from 'node:assert/strict';
import path from 'node:path';
import { Client } from 'pg';
import { usableStore } from '../../../nodes/shared/store';
import { storeOptions, type StoreCredential } from '../../../nodes/shared/store-options';

const FOLDER = path.resolve('/home/n8n/.n8n');
const VALUES: StoreCredential = {
	kind: 'postgres',
	configurationType: 'values',
	host: 'db.example',
	port: 5432,
	database: 'events',
	user: 'sluice',
	password: 'secret',
	schema: 'sluice',
	ssl: 'disable',
};

describe('storeOptions: what a store credential says', () => {
	const directories: [name: string, credential: StoreCredential | undefined, directory: string][] =
		[
			['no credential', undefined, path.join(FOLDER, 'sluice/default')],
			['saved before there was a kind', { directory: '/data' }, path.resolve('/data')],
			['an empty directory', { kind: 'directory', directory: ' ' }, `${FOLDER}/sluice/default`],
			['a relative one', { kind: 'directory', directory: 'mine' }, path.join(FOLDER, 'mine')],
		];
	for (const [name, credential, directory] of directories) {
		it(`${name}: a directory`, () => {
			assert.deepEqual(storeOptions(credential, FOLDER), { kind: 'sqlite', directory });
		});
	}

	/** As pg itself reads the connection string. */
	const readBack = (credential: StoreCredential) => {
		const options = storeOptions(credential, FOLDER);
		assert.equal(options.kind, 'postgres');
		const { connectionString } = options as { connectionString: string };
		const { host, port, database, user, password, ssl } = new Client({ connectionString });
		return { host, port, database, user, password, ssl: ssl as unknown };
	};
	const plain = {
		host: 'db.example',
		port: 5432,
		database: 'events',
		user: 'sluice',
		password: 'secret',
		ssl: false,
	};
	const values: [name: string, change: Partial<StoreCredential>, read: object][] = [
		['plain values', {}, {}],
		['a port as text', { port: '6543' }, { port: 6543 }],
		[
			'a password full of signs',
			{ password: 'p@ss:w/o?r#d%41 &=ü' },
			{ password: 'p@ss:w/o?r#d%41 &=ü' },
		],
		['no password', { password: '' }, { password: null }],
		['a user with an @', { user: 'me@host' }, { user: 'me@host' }],
		['a database of several words', { database: 'my events+1%' }, { database: 'my events+1%' }],
		['an IPv6 address', { host: '::1' }, { host: '::1' }],
		['the folder of a socket', { host: '/var/run/postgresql' }, { host: '/var/run/postgresql' }],
		['SSL', { ssl: 'require' }, { ssl: {} }],
		['SSL without a check', { ssl: 'noVerify' }, { ssl: { rejectUnauthorized: false } }],
	];
	for (const [name, change, read] of values) {
		it(`${name}: pg understands what was meant`, () => {
			assert.deepEqual(readBack({ ...VALUES, ...change }), { ...plain, ...read });
		});
	}

	it('a connection string is taken as it is, trimmed', () => {
		const connectionString = 'postgres://u:p@h/d?sslmode=no-verify';
		const credential = {
			...VALUES,
			configurationType: 'connectionString',
			connectionString: ` ${connectionString} `,
			schema: '',
		} as const;
		assert.deepEqual(storeOptions(credential, FOLDER), {
			kind: 'postgres',
			connectionString,
			schema: 'sluice',
		});
	});

	const refused: [name: string, change: Partial<StoreCredential>, path: string][] = [
		['no host', { host: ' ' }, 'host'],
		['no user', { user: '' }, 'user'],
		['no database', { database: '' }, 'database'],
		['a database that a URL cannot name', { database: 'a?b' }, 'database'],
		['port 0', { port: 0 }, 'port'],
		['a port that is none', { port: 'five' }, 'port'],
		['another SSL mode', { ssl: 'allow' as never }, 'ssl'],
		[
			'a connection string of another kind',
			{ configurationType: 'connectionString', connectionString: 'mysql://u:secret@h/d' },
			'connectionString',
		],
	];
	for (const [name, change, field] of refused) {
		it(`refuses ${name}, and shows no password`, () => {
			assert.throws(
				() => storeOptions({ ...VALUES, ...change }, FOLDER),
				(error: Error & { details: { path: string } }) =>
					error.details.path === field && !error.message.includes('secret'),
			);
		});
	}
});

describe('storeOptions: what is kept free on the disk of a directory', () => {
	const limits = (keepFreeMb?: unknown) => {
		const options = storeOptions({ kind: 'directory', keepFreeMb } as never, FOLDER);
		return options.kind === 'sqlite' ? options.limits : 'none';
	};

	it('is its own business, or so many MB', () => {
		assert.deepEqual(
			[limits(), limits(''), limits('64')],
			[undefined, undefined, { minFreeBytes: 64 * 1024 ** 2 }],
		);
	});

	it('is a whole number within its bounds', () => {
		for (const wrong of ['-1', 'much', '1.5', '1048577']) {
			assert.throws(() => limits(wrong), { code: 'ERR_CONFIG_INVALID' }, wrong);
		}
	});
});

describe('usableStore: queue mode', () => {
	const former = process.env['EXECUTIONS_MODE'];
	beforeEach(() => (process.env['EXECUTIONS_MODE'] = 'queue'));
	afterEach(() => {
		if (former === undefined) delete process.env['EXECUTIONS_MODE'];
		else process.env['EXECUTIONS_MODE'] = former;
	});

	it('refuses the embedded store and names the credential that helps (S16)', () => {
		for (const credential of [undefined, { directory: '/data' }]) {
			assert.throws(() => usableStore(credential), {
				code: 'ERR_CONFIG_INVALID',
				message: /"Sluice Store API" credential with PostgreSQL/,
			});
		}
	});

	it('takes PostgreSQL', () => assert.equal(usableStore(VALUES).kind, 'postgres'));
});
