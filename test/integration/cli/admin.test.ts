import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../core/buffer/open-store';
import { accessCore, localAnswers } from '../../../core/api/open-api';
import { Access } from '../../../core/api/access/access';
import { addAccount, addCredential } from '../../../core/api/access/change-access';
import { usePostgres } from '../../support/postgres';
import { serveLocal } from '../../../core/api/local/local-server';
import { silentLogger } from '../../../core/runtime/logger';

const TOOL = join(__dirname, '../../../dist/cli.js');

describe('sluice admin', function () {
	this.timeout(60_000);
	let directory: string;

	beforeEach(async () => {
		directory = join(mkdtempSync(join(tmpdir(), 'sluice-admin-')), 'store');
		await (await openStore({ kind: 'sqlite', directory })).close();
	});
	afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

	/** Not synchronously: this process may be the one that is asked. */
	const run = async (word: string, ...args: string[]) => {
		const child = spawn(process.execPath, [TOOL, 'admin', word, directory, ...args]);
		const text = { out: '', err: '' };
		child.stdout.setEncoding('utf8').on('data', (part: string) => (text.out += part));
		child.stderr.setEncoding('utf8').on('data', (part: string) => (text.err += part));
		const [code] = await once(child, 'close');
		return { code, ...text };
	};

	const wholeLife = async () => {
		const added = await run('add', '--label', 'ci', '--grant', '*=administer');
		assert.equal(added.code, 0, added.err);
		const [, id, account, secret] =
			/^token (\w+) {2}ci {2}of account (\w+)\ntoken \(shown this once\):\n(slc_\w+)\n$/.exec(
				added.out,
			) ?? [];
		assert.ok(id && account && secret, added.out);
		const accounts = await run('accounts');
		assert.equal(accounts.out, `account ${account}  ci  *=administer\n`);
		const rotated = await run('rotate', '--credential', id);
		assert.match(rotated.out, /lets in until/);
		assert.ok(!rotated.out.includes(secret.slice(-48)));
		assert.equal((await run('revoke', '--credential', id)).out, 'done\n');
		const again = await run('revoke', '--credential', id);
		assert.deepEqual(
			[again.code, again.err],
			[1, 'sluice: ERR_ACCESS_UNKNOWN: there is no such credential\n'],
		);
		const audit = await run('audit', '--limit', '2', '--json');
		const { entries } = JSON.parse(audit.out) as { entries: { outcome: string }[] };
		assert.deepEqual(
			entries.map(({ outcome }) => outcome),
			['failed', 'done'],
		);
		assert.match(
			(await run('audit')).out,
			/done {2}addAccount {2}account \w+ {2}in \* {2}by local/,
		);
	};

	it('works on a store that no process has', wholeLife);

	it('works through the process that has the store', async () => {
		const store = await openStore({ kind: 'sqlite', directory });
		const server = await serveLocal(directory, localAnswers(accessCore(store)), silentLogger);
		await wholeLife();
		await server.close();
		const refused = await run('accounts');
		assert.equal(refused.code, 1);
		assert.match(
			refused.err,
			/^sluice: ERR_LOCAL_UNAVAILABLE: store .* is owned by process \d+.*start one/,
		);
		await store.close();
	});

	it('refuses wrong usage and a place without a store', async () => {
		const usage = await run('add', '--label', 'ci');
		assert.deepEqual([usage.code, usage.out], [2, '']);
		assert.match(usage.err, /--grant/);
		rmSync(directory, { recursive: true });
		assert.equal((await run('accounts')).code, 2);
	});
});

describe('sluice admin on a real PostgreSQL, beside the process that serves an API', function () {
	this.timeout(60_000);
	const database = usePostgres();

	it('revokes a credential for all that share the store, at once', async () => {
		const { connectionString } = database;
		const schema = database.newSchema();
		const store = await openStore({ kind: 'postgres', connectionString, schema });
		const core = accessCore(store);
		const access = new Access(core.access);
		assert.equal(await access.isOpen(), false);
		const account = await addAccount(core.access, {
			label: 'ci',
			grants: [{ project: '*', role: 'view' }],
		});
		const { credential, secret } = await addCredential(core.access, account.id, {
			kind: 'token',
			label: 'one',
		});
		assert.equal(await access.isOpen(), true);
		const admit = () => access.admit({ way: 'header', secret }, Date.now());
		assert.equal((await admit()).id, credential.id);
		const place = [connectionString, '--schema', schema];
		const args = [TOOL, 'admin', 'revoke', ...place, '--credential', credential.id];
		const child = spawn(process.execPath, args);
		assert.deepEqual(await once(child, 'close'), [0, null]);
		await assert.rejects(admit(), { code: 'ERR_CREDENTIAL_REFUSED' });
		const [entry] = await core.audit.list();
		assert.deepEqual([entry?.operation, entry?.outcome], ['revokeCredential', 'done']);
		await store.close();
	});
});
