import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { ADMIN_SEGMENTS, createAdminRoutes } from '../../../node-red/runtime/admin-routes';
import { adminRoot, nodeRoot } from '../../../node-red/runtime/http-roots';

const requireHere = createRequire(__filename);

function aNodeRed(
	settings: Record<string, unknown> = {},
	routes: readonly (string | RegExp)[] = [],
	mountedAt?: string,
) {
	const stack = routes.map((one) =>
		one instanceof RegExp && one.flags === 'i' ? { regexp: one } : { route: { path: one } },
	);
	const api = { path: () => mountedAt, ...(mountedAt === undefined ? {} : { parent: {} }) };
	const RED = { settings, httpAdmin: { parent: api, _router: { stack } } } as unknown as NodeAPI;
	return { RED, stack, isAdmin: createAdminRoutes(RED) };
}

describe('the routes of the editor and the admin API', () => {
	it('are all on the list that Node-RED itself answers', () => {
		const packages = path.dirname(
			path.dirname(requireHere.resolve('@node-red/editor-api/package.json')),
		);
		const sources = ['editor-api/lib/index.js', 'editor-api/lib/admin/index.js']
			.concat(['editor-api/lib/editor/index.js', 'nodes/core/common/20-inject.js'])
			.concat(['nodes/core/common/21-debug.js', 'nodes/core/network/32-udp.js'])
			.map((file) => readFileSync(path.join(packages, file), 'utf8'))
			.join('\n');
		const routed = [
			...sources.matchAll(/[aA](?:pp|dmin)\.(?:get|post|put|delete|all|use)\((.*?),/g),
		];
		const found = new Set(
			routed.flatMap(([, first = '']) => {
				const name = /^(?:["']\/|\/\^\\\/)([\w.-]+)/.exec(first)?.[1];
				return name === undefined ? [] : [name];
			}),
		);
		for (const name of readdirSync(path.join(packages, 'editor-client/public'))) found.add(name);
		assert.ok(found.size >= 20, [...found].join());
		const missing = [...found].filter((name) => !ADMIN_SEGMENTS.includes(name));
		assert.deepEqual(missing, []);
	});

	const cases: [settings: Record<string, unknown>, path: string, isAdmin: boolean][] = [
		[{}, '/', true],
		[{}, '/flows', true],
		[{}, '/flows/state', true],
		[{}, '/FLOWS', true],
		[{}, '/%66lows', true],
		[{}, '/auth/token', true],
		[{}, '/nodes', true],
		[{}, '/nodes/a/b', true],
		[{}, '/red/red.min.js', true],
		[{}, '/inject/abc', true],
		[{}, '/flowsx', false],
		[{}, '/in/flows', false],
		[{}, '/sluice/0123', false],
		[{}, '/%', false],
		[{ disableEditor: true }, '/', false],
		[{ disableEditor: true }, '/flows', true],
		[{ httpAdminRoot: '/' }, '/flows', true],
		[{ httpAdminRoot: false }, '/flows', false],
		[{ httpAdminRoot: '/admin/' }, '/flows', false],
		[{ httpAdminRoot: '/admin/' }, '/', false],
		[{ httpAdminRoot: '/admin/' }, '/admin', true],
		[{ httpAdminRoot: 'Admin' }, '/admin/Flows', true],
		[{ httpAdminRoot: '/admin' }, '/admin/hook', false],
		[{ httpAdminRoot: '/a/b' }, '/a/b/flow', true],
		[{ httpAdminRoot: '/a/b' }, '/a', false],
	];
	for (const [settings, at, expected] of cases) {
		it(`${at} ${expected ? 'is' : 'is not'} one with ${JSON.stringify(settings)}`, () => {
			assert.equal(aNodeRed(settings).isAdmin(at), expected);
		});
	}

	it('are also those that other nodes have added, before and after', () => {
		const { isAdmin, stack } = aNodeRed({}, [
			'/serialports',
			/^\/boards\/(\w+)/,
			/^\/mounted\/?(?=\/|$)/i,
			'/sluice/template',
			'/:anything',
			'*',
			'/',
		]);
		for (const hit of ['/serialports', '/boards/x', '/mounted/deep', '/sluice/template'])
			assert.ok(isAdmin(hit), hit);
		for (const miss of ['/other', '/sluice/x', '/sluice']) assert.ok(!isAdmin(miss), miss);
		stack.push({ route: { path: '/other/:id' } });
		assert.ok(isAdmin('/other'));
	});

	it('lie where an embedding application has mounted them', () => {
		const { RED, isAdmin } = aNodeRed({ httpAdminRoot: '/red' }, [], '/tools/red');
		assert.equal(adminRoot(RED), '/tools/red');
		assert.ok(isAdmin('/tools/red/flows'));
		assert.ok(!isAdmin('/red/flows'));
	});

	it('the root of the nodes has one form however it is written', () => {
		for (const httpNodeRoot of ['api', '/api', '/api/', '//api//'])
			assert.equal(nodeRoot(aNodeRed({ httpNodeRoot }).RED), '/api');
		assert.equal(nodeRoot(aNodeRed().RED), '/');
	});
});
