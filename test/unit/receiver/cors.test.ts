import assert from 'node:assert/strict';
import { anExportInput, aPush, HOLDER, OPEN, pipelineWorld } from '../../support/pipeline-fixtures';
import type { CorsInput } from '../../../core/pipeline/parse-cors';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import { toReceiver } from '../../../core/settings/receiver-settings';

const APP = 'https://app.example.com';
const preflight = (origin: string) =>
	aPush({
		method: 'OPTIONS',
		body: new Uint8Array(),
		headers: {
			origin,
			'access-control-request-method': 'POST',
			'access-control-request-headers': 'content-type',
		},
	});

describe('CORS of a receiver: which pages may push', () => {
	const ask = async (
		cors: CorsInput | undefined,
		request: ReturnType<typeof aPush>,
		auth: Parameters<typeof parseReceiverConfig>[0]['auth'] = OPEN,
	) => {
		const world = await pipelineWorld();
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth, ...(cors ? { cors } : {}) },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
		const answer = await world.pipeline.accept('r1', request);
		const [counters] = await world.store.counters();
		const [receiver] = world.pipeline.held().receivers;
		await world.close();
		return { ...answer, rows: counters?.rows, refused: receiver?.refused };
	};
	const key = [{ kind: 'header-key', header: 'x-key', secrets: ['a-long-enough-key'] }] as const;

	it('is off: a browser is told nothing, and OPTIONS is refused', async () => {
		const pushed = await ask(undefined, aPush({ headers: { origin: APP } }));
		assert.equal(pushed.status, 200);
		assert.equal(pushed.headers['access-control-allow-origin'], undefined);
		assert.equal((await ask(undefined, preflight(APP))).status, 405);
	});

	it('answers what a browser asks first, without a secret, and stores and counts nothing', async () => {
		const answer = await ask({ origins: [APP, 'http://localhost:3000'] }, preflight(APP), key);
		assert.deepEqual(answer, {
			status: 204,
			body: '',
			rows: 0,
			refused: 0,
			headers: {
				'access-control-allow-origin': APP,
				'access-control-allow-methods': 'POST',
				'access-control-allow-headers': 'content-type',
				'access-control-max-age': '600',
				vary: 'Origin',
			},
		});
	});

	it('tells a page of another origin nothing, and caches that it goes by the origin', async () => {
		for (const origin of [
			'https://evil.example',
			`${APP}.evil.example`,
			'null',
			'https://APP.example.com',
		])
			assert.deepEqual((await ask({ origins: [APP] }, preflight(origin))).headers, {
				vary: 'Origin',
			});
	});

	it('lets a page see answers, also those that refuse', async () => {
		const headers = { origin: APP, 'content-type': 'application/json' };
		const stored = await ask({ origins: [APP] }, aPush({ headers }));
		assert.deepEqual([stored.status, stored.rows], [200, 1]);
		const refused = await ask({ origins: [APP] }, aPush({ headers }), key);
		assert.equal(refused.status, 401);
		for (const answer of [stored, refused]) {
			assert.equal(answer.headers['access-control-allow-origin'], APP);
			assert.equal(answer.headers['vary'], 'Origin');
		}
	});

	it('takes any page with *, by configured headers, for a configured time', async () => {
		const cors = { origins: '*', headers: ['X-Key', 'content-type'], maxAgeSeconds: 0 } as const;
		const answer = await ask(cors, preflight('https://anywhere.example'));
		assert.deepEqual(answer.headers, {
			'access-control-allow-origin': '*',
			'access-control-allow-methods': 'POST',
			'access-control-allow-headers': 'x-key, content-type',
			'access-control-max-age': '0',
		});
	});

	it('refuses other pages itself where the host lets every page, and whoever sends no origin is no page', async () => {
		const cors = { origins: [APP] };
		const from = (origin?: string, isOpenToPages = true) =>
			aPush({ isOpenToPages, headers: origin === undefined ? {} : { origin } });
		for (const [request, status, allowed = cors] of [
			[from('https://other.example'), 403],
			[from('null'), 403],
			[from(APP), 200],
			[from(), 200],
			[from('https://other.example', false), 200],
			[from('https://other.example'), 200, { origins: '*' }],
		] as [ReturnType<typeof aPush>, number, CorsInput?][]) {
			const answer = await ask(allowed, request);
			assert.equal(answer.status, status, JSON.stringify(request.headers));
			assert.equal(answer.rows, status === 200 ? 1 : 0);
		}
		assert.equal((await ask(undefined, from('https://other.example'))).status, 200);
	});

	it('takes OPTIONS that no browser means as a push for none', async () => {
		const request = aPush({ method: 'OPTIONS', headers: { origin: APP } });
		assert.equal((await ask({ origins: '*' }, request)).status, 405);
	});

	for (const [path, cors] of Object.entries({
		'cors.origins[0]': { origins: ['app.example.com'] },
		'cors.origins[1]': { origins: [APP, `${APP}/`] },
		'cors.origins': { origins: [] },
		'cors.headers[0]': { origins: '*', headers: ['a b'] },
		'cors.headers': { origins: '*', headers: [] },
		'cors.maxAgeSeconds': { origins: '*', maxAgeSeconds: 86_401 },
	}))
		it(`refuses ${path} that is none`, () => {
			assert.throws(
				() => parseReceiverConfig({ id: 'r', auth: OPEN, cors: cors as CorsInput }),
				(error: { details: { path: string } }) => error.details.path === path,
			);
		});

	it('is set in dialogs by texts, and told by their names', () => {
		const allowedOrigins = `${APP}, http://localhost:3000`;
		assert.deepEqual(
			toReceiver({ allowedOrigins, allowedHeaders: 'X-Key', corsMaxAgeSeconds: '60' }).cors,
			{ origins: [APP, 'http://localhost:3000'], headers: ['x-key'], maxAgeSeconds: 60 },
		);
		assert.equal(toReceiver({ allowedOrigins: ' * ' }).cors?.origins, '*');
		assert.equal(toReceiver({ allowedOrigins: ' ' }).cors, undefined);
		assert.throws(
			() => toReceiver({ allowedOrigins: 'x' }, (name) => `options.${name}`),
			/^ConfigError: options\.allowedOrigins: expected \* alone/,
		);
	});
});
