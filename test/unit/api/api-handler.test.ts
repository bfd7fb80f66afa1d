import assert from 'node:assert/strict';
import * as z from 'zod/v4';
import type { Principal } from '../../../core/api/access/principal';
import { route, emptyReply, reply, type Dialect } from '../../../core/api/route';
import { sluiceErrors } from '../../../core/api/sluice/error-form';
import { CoreError } from '../../../core/errors';
import { silentLogger } from '../../../core/runtime/logger';
import { exchange, statuses } from '../../support/raw-http';
import { anAccount, openApiWorld, type ApiWorld } from '../../support/api/api-world';

interface Things {
	readonly things: Map<string, string>;
}

const define = route<Things>();
const things: Dialect<Things> = {
	name: 'things',
	title: 'Things',
	places: [{ prefix: '/t' }],
	credentials: [{ kind: 'authorization', scheme: 'bearer' }, { kind: 'basic' }],
	errorForm: sluiceErrors,
	routes: [
		define({
			method: 'GET',
			pattern: '/t/{project}/things/{thing}',
			operation: 'getThing',
			summary: 'One.',
			scope: 'view',
			target: ({ thing }) => ({ receiver: thing }),
			output: { 200: { description: 'It.', json: z.object({ name: z.string() }) } },
			errors: ['ERR_RECEIVER_UNKNOWN'],
			handle: async ({ path, core }) => {
				const name = core.things.get(path.thing);
				if (name === undefined) throw new CoreError('ERR_RECEIVER_UNKNOWN', 'none');
				return reply(200, { name });
			},
		}),
		define({
			method: 'PUT',
			pattern: '/t/{project}/things/{thing}',
			operation: 'putThing',
			summary: 'Makes one.',
			scope: 'develop',
			input: {
				query: z.object({ dry: z.enum(['yes', 'no']).optional() }),
				body: {
					as: 'json',
					maxBytes: 1_000,
					schema: z.strictObject({ name: z.string().max(5), size: z.int().min(1).optional() }),
				},
			},
			output: { 200: { description: 'Done.' } },
			handle: async ({ path, body, core }) => {
				core.things.set(path.thing, body.name);
				return emptyReply(200);
			},
		}),
		define({
			method: 'POST',
			pattern: '/t/{project}/things/{thing}:break',
			operation: 'breakThing',
			summary: 'Fails.',
			scope: 'operate',
			output: { 200: { description: 'Never.' } },
			handle: async () => {
				throw new Error('the secret is s3cret');
			},
		}),
		define({
			method: 'POST',
			pattern: '/t/{project}/things/{thing}:lock',
			operation: 'lockThing',
			summary: 'The store says no.',
			scope: 'operate',
			output: { 200: { description: 'Never.' } },
			errors: ['ERR_STORE_OWNED'],
			handle: async () => {
				throw new CoreError('ERR_STORE_OWNED', 'store /home/x is owned by process 7');
			},
		}),
		define({
			method: 'GET',
			pattern: '/t/mine',
			operation: 'getMine',
			summary: 'Of the only project.',
			scope: 'view',
			output: { 200: { description: 'Its name.', json: z.string() } },
			handle: async ({ project }) => reply(200, project),
		}),
		define({
			method: 'DELETE',
			pattern: '/t/all',
			operation: 'removeAll',
			summary: 'Of every project.',
			scope: 'administer',
			of: 'all',
			output: { 200: { description: 'Gone.' } },
			handle: async () => emptyReply(200),
		}),
	],
};

const as = (secret: string, more: Record<string, string> = {}) => ({
	headers: { authorization: `Bearer ${secret}`, ...more },
});

const callers: Record<string, Principal> = {
	good: anAccount,
	viewer: { ...anAccount, grants: [{ project: 'p1', role: 'view' }] },
	pusher: { ...anAccount, grants: [{ project: 'p1', role: 'push' }] },
	limited: { ...anAccount, kind: 'key', limits: { receivers: ['a'] } },
	several: {
		...anAccount,
		grants: [
			{ project: '*', role: 'administer' },
			{ project: 'p1', role: 'view' },
		],
	},
};

describe('apiHandler: from a request to its answer, by the table', () => {
	let world: ApiWorld;
	const core: Things = { things: new Map() };
	const logged: string[] = [];

	before(async () => {
		const logger = { ...silentLogger, error: (line: string) => void logged.push(line) };
		world = await openApiWorld(things, core, { callers, ports: { logger } });
	});
	beforeEach(() => {
		core.things.clear();
		core.things.set('a', 'one');
		world.audited.length = 0;
	});
	after(() => world.close());

	const status = async (method: string, path: string, init?: RequestInit) => {
		const response = await world.call(method, path, init);
		const text = await response.text();
		const code = text.startsWith('{"error"') ? String(JSON.parse(text).error) : '';
		return code === '' ? String(response.status) : `${response.status} ${code}`;
	};
	const put = (body: string, headers: Record<string, string> = {}) => ({
		...as('good', { 'content-type': 'application/json', ...headers }),
		body,
	});

	it('serves what is in the table, HEAD as GET, and tells what else a path takes', async () => {
		const found = await world.call('GET', '/t/p1/things/a', as('good'));
		assert.deepEqual([found.status, await found.json()], [200, { name: 'one' }]);
		assert.equal(found.headers.get('content-type'), 'application/json; charset=utf-8');
		// What is answered may be a secret, and is never a page.
		assert.equal(found.headers.get('cache-control'), 'no-store');
		assert.equal(found.headers.get('x-content-type-options'), 'nosniff');
		const head = await world.call('HEAD', '/t/p1/things/a', as('good'));
		assert.deepEqual([head.status, await head.text()], [200, '']);
		assert.equal(
			await status('GET', '/t/nothing/here/at/all', as('good')),
			'404 ERR_ROUTE_UNKNOWN',
		);
		assert.equal(await status('POST', '/t/p1/things/a', as('good')), '405 ERR_METHOD');
		const refused = await world.call('PATCH', '/t/p1/things/a', as('good'));
		assert.equal(refused.headers.get('allow'), 'GET, PUT, HEAD, OPTIONS');
		const options = await world.call('OPTIONS', '/t/p1/things/a:break');
		assert.equal(options.headers.get('allow'), 'POST, GET, PUT, HEAD, OPTIONS');
		assert.equal(await status('OPTIONS', '/t/nothing/at/all/x'), '404 ERR_ROUTE_UNKNOWN');
	});

	it('lets in by one good credential, and looks at nothing before that', async () => {
		assert.equal(await status('GET', '/t/p1/things/a'), '401 ERR_CREDENTIAL_MISSING');
		assert.equal(await status('GET', '/t/p1/things/a', as('bad')), '401 ERR_CREDENTIAL_REFUSED');
		const two = `Bearer good, Basic ${btoa('x:good')}`;
		assert.equal(
			await status('GET', '/t/p1/things/a', { headers: { authorization: two } }),
			'401 ERR_CREDENTIAL_MISSING',
		);
		assert.equal(
			await status('GET', '/t/p1/things/a', {
				headers: { authorization: `Basic ${btoa('key1:good')}` },
			}),
			'200',
		);
		assert.equal(
			await status('PUT', '/t/p1/things/b', { body: '{' }),
			'401 ERR_CREDENTIAL_MISSING',
		);
		assert.deepEqual(world.audited, []);
	});

	it('asks for a role in the project, and for all projects where it is about all', async () => {
		assert.equal(await status('GET', '/t/p1/things/a', as('viewer')), '200');
		assert.equal(await status('GET', '/t/p1/things/a', as('pusher')), '403 ERR_FORBIDDEN');
		assert.equal(
			await status('PUT', '/t/p1/things/b', { ...put('{"name":"x"}'), ...as('viewer') }),
			'403 ERR_FORBIDDEN',
		);
		assert.equal(await status('GET', '/t/p2/things/a', as('viewer')), '404 ERR_PROJECT_UNKNOWN');
		assert.equal(await status('DELETE', '/t/all', as('good')), '404 ERR_PROJECT_UNKNOWN');
		assert.equal(await status('DELETE', '/t/all', as('several')), '200');
		// The grant for one project counts there, though that for all is a higher one.
		assert.equal(
			await status('PUT', '/t/p1/things/b', { ...put('{"name":"x"}'), ...as('several') }),
			'403 ERR_FORBIDDEN',
		);
		assert.equal(await status('GET', '/t/mine', as('viewer')), '200');
		assert.equal(await status('GET', '/t/mine', as('several')), '400 ERR_PROJECT_NEEDED');
	});

	it('holds a caller to its limits, and refuses it where a route says nothing of what it is about', async () => {
		assert.equal(await status('GET', '/t/p1/things/a', as('limited')), '200');
		assert.equal(await status('GET', '/t/p1/things/b', as('limited')), '403 ERR_FORBIDDEN');
		assert.equal(
			await status('PUT', '/t/p1/things/a', { ...put('{"name":"x"}'), ...as('limited') }),
			'403 ERR_FORBIDDEN',
		);
		assert.equal(core.things.get('a'), 'one');
	});

	it('writes down each change, and nothing that only looks or was refused', async () => {
		await status('PUT', '/t/p1/things/b', put('{"name":"x"}'));
		await status('PUT', '/t/p1/things/b', put('{"name":"longer"}'));
		await status('GET', '/t/p1/things/b', as('good'));
		assert.deepEqual(world.audited, ['putThing']);
	});

	it('refuses a body that is not what the route takes, and says where without repeating it', async () => {
		for (const [body, code, headers] of [
			['{"name":"x"}', '200', {}],
			['{"name":"x"}', '200', { 'content-type': 'application/vnd.x+json; charset=utf-8' }],
			['{"name":"x"}', '415 ERR_CONTENT_TYPE', { 'content-type': 'text/plain' }],
			['{"name":"x"}', '415 ERR_CONTENT_ENCODING', { 'content-encoding': 'gzip' }],
			['', '400 ERR_BODY_UNREADABLE', {}],
			['{"name":"x"', '400 ERR_BODY_UNREADABLE', {}],
			['{"name":"x","name":"y"}', '400 ERR_BODY_UNREADABLE', {}],
			['{"name":"x","n\\u0061me":"y"}', '400 ERR_BODY_UNREADABLE', {}],
			[`{"name":${'['.repeat(495)}${']'.repeat(495)}}`, '400 ERR_INPUT_INVALID', {}],
			['{"name":"x","size":1.5}', '400 ERR_INPUT_INVALID', {}],
			['{"name":"x","size":0}', '400 ERR_INPUT_INVALID', {}],
			['{"name":"x","more":1}', '400 ERR_INPUT_INVALID', {}],
			['{"__proto__":{"name":"x"}}', '400 ERR_INPUT_INVALID', {}],
			['[]', '400 ERR_INPUT_INVALID', {}],
			['null', '400 ERR_INPUT_INVALID', {}],
			[JSON.stringify({ name: 'x'.repeat(1_000) }), '413 ERR_BODY_TOO_LARGE', {}],
		] as const) {
			assert.equal(await status('PUT', '/t/p1/things/b', put(body, headers)), code, body);
		}
		const wrong = await world.call(
			'PUT',
			'/t/p1/things/b',
			put('{"name":"s3cret","size":"s3cret"}'),
		);
		assert.deepEqual(await wrong.json(), {
			error: 'ERR_INPUT_INVALID',
			message: 'body.name: expected at most 5 characters; body.size: expected number',
			issues: [
				{ at: 'body.name', problem: 'length', expected: 'expected at most 5 characters' },
				{ at: 'body.size', problem: 'type', expected: 'expected number' },
			],
		});
	});

	it('refuses parameters that are repeated, of another choice, too long or no UTF-8', async () => {
		const path = '/t/p1/things/b';
		assert.equal(await status('PUT', `${path}?dry=yes`, put('{"name":"x"}')), '200');
		assert.equal(
			await status('PUT', `${path}?dry=s`, put('{"name":"x"}')),
			'400 ERR_INPUT_INVALID',
		);
		assert.equal(
			await status('PUT', `${path}?dry=yes&dry=no`, put('{"name":"x"}')),
			'400 ERR_INPUT_INVALID',
		);
		assert.equal(
			await status('GET', `/t/p1/things/${'x'.repeat(501)}`, as('good')),
			'400 ERR_INPUT_INVALID',
		);
		assert.equal(await status('GET', '/t/p1/things/%ff', as('good')), '404 ERR_ROUTE_UNKNOWN');
		core.things.set('ř/1', 'two');
		assert.equal(await status('GET', '/t/p1/things/%C5%99%2f1', as('good')), '200');
	});

	it('tells nothing of what fails inside', async () => {
		const response = await world.call('POST', '/t/p1/things/a:break', as('good'));
		assert.deepEqual(
			[response.status, await response.json()],
			[500, { error: 'ERR_INTERNAL', message: 'the request failed here' }],
		);
		const owned = await world.call('POST', '/t/p1/things/a:lock', as('good'));
		const text = await owned.text();
		assert.equal(owned.status, 503);
		assert.match(owned.headers.get('retry-after') ?? '', /^\d+$/);
		assert.doesNotMatch(text, /home|process/);
		assert.deepEqual(
			logged.map((line) => line.replace(/^.*: /, '')),
			['Error', 'store /home/x is owned by process 7'],
		);
	});

	it('says the same of every failed authentication, and how to show a credential', async () => {
		const messages = new Set<string>();
		for (const init of [{}, as('bad')]) {
			const refused = await world.call('GET', '/t/p1/things/a', init);
			assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
			messages.add(((await refused.json()) as { message: string }).message);
		}
		assert.deepEqual([...messages], ['the request could not be authenticated']);
	});

	it('is served under addresses and known names alone, to no page of a browser', async () => {
		const get = (host: string, more = '') =>
			`GET /t/p1/things/a HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer good\r\n${more}Connection: close\r\n\r\n`;
		const statusOf = async (request: string) => statuses(await exchange(world, request))[0];
		for (const host of ['127.0.0.1', 'localhost:99', '[::1]:80', 'LOCALHOST'])
			assert.equal(await statusOf(get(host)), 200, host);
		for (const host of [
			'evil.example',
			'127.0.0.1.evil.example',
			'127.0.0.1:80:80',
			'a@localhost',
			'',
		])
			assert.equal(await statusOf(get(host)), 421, host);
		assert.equal(await statusOf(get('localhost', 'Origin: null\r\n')), 403);
	});

	it('serves nothing before there is an account, not even what is open', async () => {
		const shut = await openApiWorld(things, core, { isOpen: async () => false });
		try {
			const response = await shut.call('GET', '/t/p1/things/a', as('good'));
			assert.equal(response.status, 503);
			assert.match(await response.text(), /ERR_ACCESS_CLOSED.*admin add/);
		} finally {
			await shut.close();
		}
	});

	it('refuses an address that showed too many bad credentials, whatever it shows then', async () => {
		const tried = await openApiWorld(things, core);
		try {
			const answers = new Set<number>();
			for (let i = 0; i < 21; i++) {
				answers.add((await tried.call('GET', '/t/p1/things/a', as('bad'))).status);
			}
			assert.deepEqual([...answers], [401, 429]);
			const refused = await tried.call('GET', '/t/p1/things/a', as('good'));
			assert.equal(refused.status, 429);
			assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
		} finally {
			await tried.close();
		}
	});
});
