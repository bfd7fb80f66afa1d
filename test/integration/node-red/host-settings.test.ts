import assert from 'node:assert/strict';
import { signBody } from '../../../core/signature/sign-body';
import { eventually } from '../../support/eventually';
import { aReceiver, node, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

/** bcrypt of "password", as Node-RED's documentation shows it. */
const PASSWORD_HASH = '$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.';
const BASIC = { authorization: `Basic ${Buffer.from('user:password').toString('base64')}` };

describe('the settings of the host hold for receivers (R63, R64)', function () {
	this.timeout(180_000);
	let sink: SinkServer;

	before(async () => {
		sink = await startSinkServer();
	});
	after(() => sink.close());

	const cases: {
		name: string;
		settings: string;
		root?: string;
		headers?: Record<string, string>;
		/** What the host itself refuses: headers that are missing or wrong, and its status. */
		refused?: { headers: Record<string, string>; status: number };
		answerHeaders?: Record<string, string>;
	}[] = [
		{ name: 'defaults', settings: '' },
		{ name: 'httpNodeRoot', settings: `httpNodeRoot: '/api',`, root: '/api' },
		{ name: 'httpAdminRoot', settings: `httpAdminRoot: '/admin',` },
		{ name: 'disableEditor', settings: 'disableEditor: true,' },
		{
			name: 'httpNodeAuth',
			settings: `httpNodeAuth: { user: 'user', pass: '${PASSWORD_HASH}' },`,
			headers: BASIC,
			refused: { headers: {}, status: 401 },
		},
		{
			name: 'httpNodeMiddleware',
			settings: `httpNodeMiddleware: (req, res, next) => req.headers['x-pass'] ? next() : (res.writeHead(418), res.end()),`,
			headers: { 'x-pass': 'yes' },
			refused: { headers: {}, status: 418 },
		},
		{
			name: 'httpNodeCors',
			settings: `httpNodeCors: { origin: ['https://a.example', /b\\.example$/] },`,
			headers: { origin: 'https://x.b.example' },
			answerHeaders: { 'access-control-allow-origin': 'https://x.b.example' },
		},
	];
	for (const { name, settings, root = '', headers = {}, refused, answerHeaders = {} } of cases) {
		it(`${name}: raw bytes are verified, limits and statuses are ours`, async () => {
			const world = await NodeRedWorld.create();
			try {
				await world.start({
					settings,
					flows: [
						TAB,
						node('sluice-secret', 'secret', { configVersion: 1 }),
						aReceiver('r', { auth: [{ kind: 'body-jwt' }], secret: 'secret', maxBodyBytes: 1000 }, [
							'report',
						]),
						...reportTo(sink.url),
					],
					credentials: { secret: { secret: 'k' } },
				});
				const body = '{ "spaced" : 1.0 }';
				const signed = { 'x-dt-signature': await signBody({ body, secret: 'k' }) };
				sink.requests.length = 0;
				const answer = await world.push(`${root}/in/r`, body, { ...headers, ...signed });
				assert.equal(answer.status, 200, answer.text);
				for (const [header, value] of Object.entries(answerHeaders))
					assert.equal(answer.headers[header], value);
				await eventually('the batch', () => sink.requests.length > 0);
				const event = sink.requests[0]?.body.toString() ?? '';
				assert.ok(event.includes(signed['x-dt-signature']));
				// The password of the host is no part of what came.
				assert.equal(event.includes('Basic '), false);
				assert.equal((await world.push(`${root}/in/r`, body, headers)).status, 401);
				assert.equal((await world.push(`${root}/in/r`, 'x'.repeat(2000), headers)).status, 413);
				assert.equal((await world.push(`${root}/in/r`, '{"broken', { ...headers })).status, 401);
				assert.equal((await world.request('GET', `${root}/in/r`, '', headers)).status, 405);
				if (refused)
					assert.equal(
						(await world.push(`${root}/in/r`, body, { ...refused.headers, ...signed })).status,
						refused.status,
					);
				await eventually('the log line', () =>
					world.log.some((line) => /\[sluice\] receivers answer/.test(line)),
				);
			} finally {
				await world.close();
			}
		});
	}

	it('httpNodeRoot false: the receiver says what to change', async () => {
		const world = await NodeRedWorld.create();
		try {
			await world.start({ settings: 'httpNodeRoot: false,', flows: [TAB, aReceiver('r', {}, [])] });
			await eventually('the log line', () =>
				world.log.some((line) => /sluice-receiver:r.*httpNodeRoot/.test(line)),
			);
		} finally {
			await world.close();
		}
	});
});
