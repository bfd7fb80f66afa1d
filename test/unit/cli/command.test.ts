import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAdmin } from '../../../cli/admin/command';
import { parseCommand } from '../../../cli/command';
import { hideSecrets } from '../../../cli/secrets';
import { UsageError } from '../../../cli/usage-error';

describe('the command line', () => {
	const refused = (args: readonly string[]): string => {
		try {
			parseCommand(['store', ...args]);
		} catch (error) {
			assert.ok(error instanceof UsageError, String(error));
			return error.message;
		}
		assert.fail('it was taken');
	};

	it('takes two stores to move, with a schema of each', () => {
		const url = 'postgres://u@h/d';
		const move = (...args: string[]) => parseCommand(['store', 'move', ...args]);
		const from = { kind: 'sqlite', directory: '/tmp/a' };
		assert.deepEqual(move('/tmp/a', url, '--to-schema', 's', '--confirm', '7'), {
			verb: 'move',
			store: from,
			to: { kind: 'postgres', connectionString: url, schema: 's' },
			confirm: 7,
		});
		const back = { verb: 'move', store: { kind: 'postgres', connectionString: url, schema: 's' } };
		assert.deepEqual(move(url, '/tmp/a', '--schema', 's'), {
			...back,
			to: from,
			confirm: undefined,
		});
		assert.match(refused(['move', '/tmp/a']), /two stores/);
		assert.match(refused(['move', '/tmp/a', '/tmp/b', '/tmp/c']), /two stores/);
		assert.match(refused(['move', '/tmp/a', '/tmp/b', '--to-schema', 's']), /--to-schema belongs/);
		assert.match(refused(['inspect', '/tmp/a', '/tmp/b']), /one store/);
	});

	for (const place of [
		'host=x user=u password=SECRETPW',
		'host=x user=u PassWord = SECRETPW',
		'pg://u:SECRETPW@h/d',
		'postgres:/u:SECRETPW@h/d',
		'postgresql:u@h',
		'postgres',
		'u:SECRETPW@h:5432/d',
		'POSTGRES://u:SECRETPW@h/d',
		' postgres://u:SECRETPW@h/d',
	]) {
		it(`takes "${place}" for no directory and does not repeat it`, () => {
			const message = refused(['inspect', place]);
			assert.match(message, /^not a connection string/);
			assert.doesNotMatch(message, /SECRETPW/);
		});
	}

	for (const character of ['/', '#', '?', '%']) {
		it(`says that "${character}" in a password has to be percent-encoded`, () => {
			const message = refused(['inspect', `postgres://u:SEC${character}RETPW@h:5432/d`]);
			assert.match(message, /postgres:\/\/user:password@host:5432\/database/);
			assert.match(message, /percent-encoded/);
			assert.doesNotMatch(message, /SEC|RETPW/);
		});
	}

	for (const rest of ['/SECRETPW', '#SECRETPW', '?SECRETPW', '/a?SECRETPW']) {
		it(`says it of a password that begins as a port does: 12${rest}`, () => {
			const message = refused(['inspect', `postgres://u:12${rest}@h:5432/d`]);
			assert.match(message, /percent-encoded/);
			assert.doesNotMatch(message, /SECRETPW/);
		});
	}

	for (const place of [
		'postgres://u:SECRETPW@h:5432/d',
		'postgresql://h/d',
		'postgres://u@h:5432/d?sslmode=require',
		'postgres://u:SEC%2FRET@h/d',
		'postgres://h:5432/d?user=me@example.com',
	]) {
		it(`takes ${place} for a connection string`, () => {
			const command = parseCommand(['store', 'verify', place]);
			assert.deepEqual('store' in command && command.store, {
				kind: 'postgres',
				connectionString: place,
			});
		});
	}

	it('takes a directory that exists, whatever its name is', () => {
		const parent = mkdtempSync(join(tmpdir(), 'sluice-command-'));
		try {
			const directory = join(parent, 'a:b@c password=x');
			mkdirSync(directory);
			const command = parseCommand(['store', 'verify', directory]);
			assert.deepEqual('store' in command && command.store, { kind: 'sqlite', directory });
		} finally {
			rmSync(parent, { recursive: true });
		}
	});

	for (const place of ['stores/default', '/data/a b', 'C:\\sluice\\default', '~/.node-red/x@y']) {
		it(`takes ${place} for a directory`, () => {
			const command = parseCommand(['store', 'verify', place]);
			assert.deepEqual('store' in command && command.store, { kind: 'sqlite', directory: place });
		});
	}
});

describe('what a replay of kept events is told', () => {
	const told = (...args: string[]) => {
		const command = parseCommand(['store', 'replay-kept', 'a', '--export', 'r/e', ...args]);
		return 'does' in command ? [command.does, command.arguments] : undefined;
	};

	it('is a time, types and ids', () => {
		const time = ['--from', '2026-01-31', '--until', '2026-01-31T12:00Z'];
		assert.deepEqual(told(...time, '--types', 'a,b', '--ids', 'e1', '--confirm', '5'), [
			'replayKept',
			{
				exportId: 'r/e',
				from: Date.UTC(2026, 0, 31),
				until: Date.UTC(2026, 0, 31, 12),
				types: ['a', 'b'],
				eventIds: ['e1'],
				confirm: 5,
			},
		]);
		assert.deepEqual(told(), ['replayKept', { exportId: 'r/e', confirm: undefined }]);
	});

	for (const option of ['--from', '--until']) {
		it(`names ${option} where it is no instant`, () => {
			assert.throws(() => told(option, '5'), { message: new RegExp(`^${option} is an instant`) });
		});
	}
});

describe('what a replay is told', () => {
	const choice = (...args: string[]) => {
		const command = parseCommand(['store', 'replay', 'a', ...args]);
		return 'arguments' in command ? command.arguments : undefined;
	};

	for (const since of ['5', '2026', '2026-13-01', '2026-02-30', '31.1.2026', '2026-01-31T12:00']) {
		it(`takes --since ${since} for no instant`, () => {
			assert.throws(() => choice('--export', 'r/e', '--since', since), {
				message: '--since is an instant in ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z',
			});
		});
	}

	for (const [since, at] of [
		['2026-01-31', Date.UTC(2026, 0, 31)],
		['2028-02-29', Date.UTC(2028, 1, 29)],
		['2026-01-31T12:00Z', Date.UTC(2026, 0, 31, 12)],
		['2026-01-31T00:30:05.250+01:00', Date.UTC(2026, 0, 30, 23, 30, 5, 250)],
	] as const) {
		it(`takes --since ${since}`, () => {
			assert.deepEqual(choice('--export', 'r/e', '--since', since), {
				exportId: 'r/e',
				since: at,
			});
		});
	}

	for (const batch of ['abc', '1.5', '-1', '', '0x10', '99999999999999999999']) {
		it(`takes --batch "${batch}" for no id`, () => {
			assert.throws(() => choice(`--batch=${batch}`), {
				message: '--batch is the number of a dead letter, as inspect and export show it',
			});
		});
	}
});

describe('the command line for a backup', () => {
	const parsed = (...args: string[]) => parseCommand(['store', 'backup', ...args]);

	it('takes a store and the directory to make, by its absolute path', () => {
		const command = parsed('a/store', 'a/backup');
		assert.deepEqual(command, {
			verb: 'operate',
			store: { kind: 'sqlite', directory: 'a/store' },
			word: 'backup',
			does: 'backup',
			arguments: { directory: resolve('a/backup') },
		});
	});

	for (const [args, message] of [
		[['s'], /needs a store, and the directory to make/],
		[['s', ''], /needs a store, and the directory to make/],
		[['s', 'a', 'b'], /takes one store and one new directory/],
		[['s', 'a', '--export', 'r/e'], /no option --export/],
	] as const)
		it(`refuses ${JSON.stringify(args)}`, () => {
			assert.throws(() => parsed(...args), { message });
		});
});

describe('what is printed', () => {
	const place = 'postgres://u:s3cr%2Ft@h:5432/d';

	for (const text of [place, 's3cr%2Ft', 's3cr/t', 'u:s3cr%2Ft@h']) {
		it(`shows nothing of ${text}`, () => {
			assert.doesNotMatch(hideSecrets(`refused (${text})`, ['store', 'inspect', place]), /s3cr/);
		});
	}

	it('shows an example of a connection string, also where the password is a word of it', () => {
		const example = 'such as postgres://user:password@host:5432/database';
		for (const password of ['password', 'postgres', 'user', '']) {
			const args = ['store', 'inspect', `postgres://u:${password}@h/d`];
			assert.equal(hideSecrets(example, args), example);
		}
	});

	it('shows no password that stands in the query', () => {
		const args = ['store', 'inspect', 'postgres://h/d?user=u&password=s3cr%2Ft'];
		assert.doesNotMatch(hideSecrets('no s3cr/t and no s3cr%2Ft', args), /s3cr/);
	});
});

describe('sluice admin', () => {
	const now = Date.UTC(2026, 0, 1);
	const callOf = (...args: string[]) => {
		const { store: _, json: __, verb: ___, word: ____, ...rest } = parseAdmin(args, now);
		return rest;
	};

	it('asks for the operations of the API by words', () => {
		assert.deepEqual(
			callOf('add', '/tmp/a', '--label', 'ci', '--grant', 'a=b=view', '--days', '2'),
			{
				call: {
					operation: 'addAccount',
					body: { label: 'ci', grants: [{ project: 'a=b', role: 'view' }] },
				},
				thenAdd: { kind: 'token', label: 'ci', expiresAt: '2026-01-03T00:00:00.000Z' },
			},
		);
		assert.deepEqual(
			callOf('token', '/a', '--account', 'x', '--label', 'y', '--receiver', 'r', '--receiver', 's'),
			{
				call: {
					operation: 'addCredential',
					path: { account: 'x' },
					body: { kind: 'token', label: 'y', limits: { receivers: ['r', 's'] } },
				},
			},
		);
		assert.deepEqual(callOf('rotate', '/a', '--credential', 'c', '--former-hours', '0'), {
			call: {
				operation: 'rotateCredential',
				path: { credential: 'c' },
				body: { formerSeconds: 0 },
			},
		});
		assert.deepEqual(callOf('audit', '/a', '--limit', '5'), {
			call: { operation: 'listAudit', query: { limit: '5' } },
		});
		assert.equal(parseCommand(['admin', 'accounts', '/a', '--json']).verb, 'admin');
		assert.deepEqual(parseCommand(['admin', 'accounts', '--help']), { verb: 'help' });
	});

	for (const [args, message] of [
		[['nothing', '/a'], /one of accounts, add/],
		[['accounts'], /one store/],
		[['accounts', '/a', '/b'], /one store/],
		[['accounts', '/a', '--label', 'x'], /no option --label/],
		[['add', '/a', '--label', 'x'], /--grant/],
		[['add', '/a', '--label', 'x', '--grant', 'view'], /<project>=<role>/],
		[['add', '/a', '--grant', '*=view'], /--label/],
		[['token', '/a', '--account', 'x', '--label', 'y', '--days', '0'], /--days/],
		[['token', '/a', '--label', 'y'], /--account/],
		[['rotate', '/a', '--credential', 'x', '--former-hours', '-1'], /former-hours/],
		[['revoke', '/a'], /--credential/],
		[['audit', '/a', '--limit', 'x'], /whole number/],
	] as const) {
		it(`refuses ${args.join(' ')}`, () => {
			assert.throws(
				() => parseAdmin(args, now),
				(error: Error) => {
					assert.ok(error instanceof UsageError);
					assert.match(error.message, message);
					return true;
				},
			);
		});
	}
});
