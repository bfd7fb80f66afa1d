import assert from 'node:assert/strict';
import { PACKAGE } from './browser-suite';
import { startNodeRed, type NodeRed } from './node-red';

/** bcrypt of "password", as Node-RED's documentation shows it. */
const PASSWORD_HASH = '$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.';
const users = [
	{ username: 'reader', password: PASSWORD_HASH, permissions: 'read' },
	{ username: 'stranger', password: PASSWORD_HASH, permissions: 'other.read' },
];

describe('POST sluice/template of a real admin API', function () {
	this.timeout(150_000);
	let open: NodeRed;
	let guarded: NodeRed;

	before(async () => {
		open = await startNodeRed(PACKAGE, []);
		guarded = await startNodeRed(PACKAGE, [], {
			settings: { adminAuth: { type: 'credentials', users }, httpAdminRoot: '/admin' },
		});
	});
	after(async () => {
		await open?.close();
		await guarded?.close();
	});

	const post = (url: string, body: string, headers: Record<string, string> = {}) =>
		fetch(`${url}sluice/template`, {
			method: 'POST',
			body,
			headers: { 'content-type': 'application/json', ...headers },
		});
	const signIn = async (username: string): Promise<Record<string, string>> => {
		const answer = await fetch(`${guarded.url}admin/auth/token`, {
			method: 'POST',
			body: new URLSearchParams({
				client_id: 'node-red-admin',
				grant_type: 'password',
				scope: '',
				username,
				password: 'password',
			}),
		});
		const { access_token } = (await answer.json()) as { access_token: string };
		return { authorization: `Bearer ${access_token}` };
	};

	it('answers what the compiler of a deploy says', async () => {
		const answer = await post(open.url, JSON.stringify({ template: '{\n a: Boby() }' }));
		assert.equal(answer.status, 200);
		assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
		assert.deepEqual(await answer.json(), {
			ok: false,
			message: 'Unknown variable: Boby. Did you mean Body?',
			line: 2,
			column: 5,
			endLine: 2,
			endColumn: 9,
		});
	});

	it('refuses what is no JSON, no template, or too large', async () => {
		assert.equal((await post(open.url, '{"template"')).status, 400);
		assert.equal((await post(open.url, '1', { 'content-type': 'text/plain' })).status, 400);
		assert.equal((await post(open.url, '{"template":{"length":1}}')).status, 400);
		const long = (units: number) => JSON.stringify({ template: '['.repeat(units) });
		assert.equal((await post(open.url, long(100_000))).status, 413);
		assert.equal((await post(open.url, long(6_000_000))).status, 413);
	});

	it('answers nobody who may not read flows', async () => {
		const url = `${guarded.url}admin/`;
		const body = JSON.stringify({ template: '1' });
		assert.equal((await post(url, body)).status, 401);
		assert.equal((await post(url, body, { authorization: 'Bearer made-up' })).status, 401);
		assert.equal((await post(url, body, await signIn('stranger'))).status, 401);
		const answer = await post(url, body, await signIn('reader'));
		assert.deepEqual(await answer.json(), { ok: true });
	});
});
