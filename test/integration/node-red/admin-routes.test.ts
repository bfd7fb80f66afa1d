import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';

/** Receivers that would take what the editor needs, by path below the root that both share. */
const TAKEN = ['/', '/flows', '/Flows/', '/%66lows', '/auth/token', '/nodes', '/red/red.min.js'];
const SECRET = 'S'.repeat(16);

describe('Node-RED keeps its own routes', function () {
	this.timeout(180_000);

	const cases: {
		name: string;
		settings: string;
		/** Of the admin API and of the nodes. */
		admin?: string;
		root?: string;
		headers?: Record<string, string>;
		/** As receivers write them. */
		taken: readonly string[];
	}[] = [
		{ name: 'the defaults', settings: '', taken: TAKEN },
		{
			name: 'both roots the same and written with slashes',
			settings: `httpRoot: '/flow/red/',`,
			admin: '/flow/red',
			root: '/flow/red',
			taken: TAKEN,
		},
		{
			name: 'an admin root below that of the nodes',
			settings: `httpAdminRoot: '/admin/',`,
			admin: '/admin',
			taken: ['/admin', '/ADMIN/flows', '/admin/auth/token'],
		},
		{
			name: 'an admin root above that of the nodes',
			settings: `httpAdminRoot: '/', httpNodeRoot: '/settings',`,
			root: '/settings',
			taken: ['/user', '/'],
		},
		{
			name: 'middleware of its own before the admin API and the nodes',
			settings: `httpAdminMiddleware: (req, res, next) => next(), httpNodeMiddleware: (req, res, next) => next(),`,
			taken: TAKEN,
		},
	];
	for (const { name, settings, admin = '', root = '', taken } of cases) {
		it(`with ${name}`, async () => {
			const world = await NodeRedWorld.create();
			try {
				const flows = [
					TAB,
					...taken.map((path, at) => aReceiver(`taken${at}`, { path }, [])),
					aReceiver('secret', { path: '/inject', auth: [{ kind: 'url-secret' }] }, []),
					aReceiver('good', { path: '/in/good' }, []),
				];
				await world.start({ settings, flows, credentials: { secret: { urlSecret: SECRET } } });
				const said = (id: string) =>
					world.log.some(
						(line) => line.includes(`sluice-receiver:${id}`) && /Node-RED's own/.test(line),
					);
				for (const at of taken.keys())
					await eventually(`the log names ${taken[at]}`, () => said(`taken${at}`));
				const deployed = await world.push(`${admin}/flows`, flows, {
					'node-red-deployment-type': 'full',
				});
				assert.equal(deployed.status, 204, deployed.text);
				assert.match((await world.request('GET', `${admin}/`)).text, /<title>Node-RED/);
				assert.equal((await world.request('GET', `${admin}/red/red.min.js`)).status, 200);
				assert.equal((await world.request('GET', `${admin}/nodes`)).status, 200);
				const injected = await world.push(`${admin}/inject/${SECRET}`, {});
				assert.equal(injected.status, 404);
				// Where everything below the nodes' root is Node-RED's own, no receiver can be.
				if (root === '/settings') return assert.ok(said('good'));
				await eventually('the good one', async () => {
					const answer = await world.push(`${root}/in/good`, { a: 1 });
					return answer.status === 200;
				});
			} finally {
				await world.close();
			}
		});
	}

	it('a receiver beside an http in says so, and the dialog asks what a path is', async () => {
		const world = await NodeRedWorld.create();
		try {
			const httpIn = (id: string, url: string, method: string) =>
				node('http in', id, { url, method, upload: false, swaggerDoc: '' }, []);
			await world.start({
				flows: [
					TAB,
					aReceiver('r', { path: '/shared' }, []),
					httpIn('reader', '/shared', 'get'),
					httpIn('off', '/shared', 'post'),
					httpIn('apart', '/apart', 'post'),
				].map((one) => ('name' in one && one.name === 'off' ? { ...one, d: true } : one)),
			});
			await eventually('the warning', () =>
				world.log.some((line) => /sluice-receiver:r.*\/shared.*"reader" \(GET\)/.test(line)),
			);
			assert.ok(!world.log.some((line) => /"(off|apart)"/.test(line)));
			const ask = async (path: unknown) =>
				JSON.parse((await world.push('/sluice/path', { path })).text) as Record<string, unknown>;
			assert.deepEqual(await ask('/in'), { ok: true });
			assert.match(String((await ask('/flows'))['message']), /Node-RED's own/);
			assert.equal((await ask('/sluice/path'))['ok'], false);
			assert.equal((await ask(7))['ok'], false);
		} finally {
			await world.close();
		}
	});
});
