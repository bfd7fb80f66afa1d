import assert from 'node:assert/strict';
import { RECENT_REQUESTS } from '../../../core/pure/bounds';
import { prepareReceiver } from '../../../core/receiver/intake/prepare';
import { redactHeaders } from '../../../core/receiver/redact-headers';
import { RecentRequests } from '../../../core/receiver/recent-requests';
import { runVerb } from '../../../core/operate/verbs';
import type { ShownRequests } from '../../../core/operate/verbs/requests';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const URL_SECRET = 's3cret-s3cret-s3cret';

describe('the last requests of a receiver', () => {
	let world: PipelineWorld;
	beforeEach(async () => (world = await pipelineWorld()));
	afterEach(() => world.close());

	const attach = (receiver: object = {}, config: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[{ config: anExportInput(config) }],
			HOLDER,
		).ready;
	const list = async (limit?: number) =>
		(await runVerb(world.pipeline, 'requests', { receiverId: 'r1', limit })) as ShownRequests;
	const push = (overrides: object = {}) => world.pipeline.accept('r1', aPush(overrides));

	it('are shown newest first with what became of them, by which client, and how large they were', async () => {
		await attach(
			{ dedupe: [{ keyPath: 'id', windowMs: 60_000 }], typePath: 'type' },
			{
				filter: { types: ['a'] },
			},
		);
		const event = (value: object) => ({ body: Buffer.from(JSON.stringify(value)) });
		await push(event({ id: 1, type: 'a' }));
		await world.clock.advance(1_000);
		await push({ ...event({ id: 1, type: 'a' }), remoteAddress: '::ffff:192.0.2.9' });
		await push(event({ id: 2, type: 'b' }));
		await push({ method: 'GET', headers: { 'content-length': '77' } });
		const { receiverId, requests } = await list();
		assert.equal(receiverId, 'r1');
		const at = world.clock.now();
		assert.deepEqual(
			requests.map(({ headers: _headers, path: _path, ...rest }) => rest),
			[
				{
					at,
					ip: '192.0.2.7',
					method: 'GET',
					status: 405,
					outcome: 'refused',
					code: 'ERR_METHOD',
					bytes: 77,
				},
				{
					at,
					ip: '192.0.2.7',
					method: 'POST',
					status: 200,
					outcome: 'filtered',
					events: 1,
					duplicates: 0,
					bytes: 19,
				},
				{
					at,
					ip: '192.0.2.9',
					method: 'POST',
					status: 200,
					outcome: 'duplicate',
					events: 1,
					duplicates: 1,
					bytes: 19,
				},
				{
					at: at - 1_000,
					ip: '192.0.2.7',
					method: 'POST',
					status: 200,
					outcome: 'stored',
					events: 1,
					duplicates: 0,
					bytes: 19,
				},
			],
		);
		assert.deepEqual((await list(1)).requests.length, 1);
	});

	it('say which check failed, which the sender is not told', async () => {
		await attach({ auth: [{ kind: 'header-key', secrets: ['right-key'] }] });
		const { body } = await push({ headers: { 'x-api-key': 'wrong-key' } });
		assert.ok(!body.includes('wrong_key'));
		const [one] = (await list()).requests;
		assert.deepEqual(
			[one?.status, one?.code, one?.reason],
			[401, 'ERR_SIGNATURE_MISMATCH', 'wrong_key'],
		);
		assert.equal(one?.headers['x-api-key'], '*** (9 characters)');
	});

	it('go on where the receiver is deployed anew', async () => {
		await attach();
		await push();
		await attach({ maxBodyBytes: 10 });
		await push({ body: Buffer.alloc(11) });
		assert.deepEqual(
			(await list()).requests.map(({ outcome }) => outcome),
			['refused', 'stored'],
		);
	});

	it('show no secret, wherever it stands and in whatever spelling, and no body', async () => {
		const hidden = {
			key: 'the-shared-key-1',
			token: 'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln',
			password: 'dXNlcjpwYXNz',
			guess: 'somebody-elses-secret',
			body: 'in-the-body',
		};
		await attach({
			auth: [
				{ kind: 'url-secret', secrets: [URL_SECRET] },
				{ kind: 'header-key', secrets: [hidden.key] },
			],
		});
		for (const path of [`/sluice/r1/${URL_SECRET}`, `/sluice/r1/${hidden.guess}`])
			await push({
				path,
				body: Buffer.from(JSON.stringify({ text: hidden.body })),
				headers: {
					authorization: `Basic ${hidden.password}`,
					cookie: `session=${hidden.password}`,
					'x-wrong-place': hidden.key,
					'x-original-uri': path.replace('3', '%33'),
					referer: `https://user:${hidden.password}@example.com/a?key=${hidden.password}`,
					'x-forwarded-uri': `/a?key=${hidden.password}`,
					'x-debug': `token ${hidden.token}`,
					'x-gitlab-token': hidden.password,
					[`x-${hidden.key}`]: 'a name that is one',
					'user-agent': 'curl/8',
					'x-github-event': 'push',
					'idempotency-key': 'message-1',
				},
			});
		const { requests } = await list();
		assert.deepEqual(
			requests.map(({ status }) => status),
			[401, 200],
		);
		const text = JSON.stringify(requests);
		for (const secret of [URL_SECRET, ...Object.values(hidden)])
			assert.ok(!text.includes(secret), `${secret} in ${text}`);
		assert.ok(!text.includes(encodeURIComponent(URL_SECRET).replace('3', '%33')));
		const { path, headers = {} } = requests[0] ?? {};
		assert.equal(path, '/sluice/r1');
		const shown: Readonly<Record<string, string>> = headers;
		const open = ['user-agent', 'x-github-event', 'idempotency-key'].map((name) => shown[name]);
		assert.deepEqual(open, ['curl/8', 'push', 'message-1']);
	});

	it('are asked for by the id of a receiver that this process holds', async () => {
		await attach();
		for (const [given, message] of [
			[{ receiverId: 'other' }, /a receiver that this process holds: "r1" \(node one\)/],
			[{}, /receiverId: expected the id of a receiver/],
			[{ receiverId: 'r1', limit: 51 }, /limit: expected/],
			[{ exportId: 'r1/main' }, /requests takes receiverId, limit/],
		] as const)
			await assert.rejects(runVerb(world.pipeline, 'requests', given), {
				code: 'ERR_CONFIG_INVALID',
				message,
			});
	});
});

describe('what is kept of the last requests', () => {
	const receiver = prepareReceiver({ id: 'r1', auth: OPEN, maxBodyBytes: 1 });
	const seen = (at: number, headers: Record<string, string> = {}, path = '/x') => ({
		at,
		status: 200,
		outcome: 'stored' as const,
		receiver,
		request: { method: 'POST', path, headers, remoteAddress: '192.0.2.7' },
	});

	it('is bounded: the last 50, of each so much of path and headers', () => {
		const recent = new RecentRequests();
		for (let at = 0; at < 120; at++) recent.add(seen(at));
		assert.deepEqual(
			recent.list().map(({ at }) => at),
			Array.from({ length: RECENT_REQUESTS.max }, (_, index) => 119 - index),
		);
		const many = Object.fromEntries(
			Array.from({ length: 1_000 }, (_, index) => [`x-${index}`, 'y'.repeat(100)]),
		);
		recent.add(seen(0, many, `/${'p'.repeat(5_000)}`));
		const [one] = recent.list(1);
		assert.ok(JSON.stringify(one).length < 2 * RECENT_REQUESTS.headerLength);
		assert.ok(Object.keys(one?.headers ?? {}).length > 10);
		assert.equal(one?.path.length, RECENT_REQUESTS.pathLength);
	});

	it('shows a long value in part, and of an address what is no secret', () => {
		const shown = redactHeaders(
			{
				'X-Long': 'z'.repeat(500),
				Via: undefined,
				'x-list': ['a', 'b'],
				forwarded: 'for=192.0.2.1;proto=https',
				'x-pagerduty-signature': '',
			},
			{ headers: ['x-mine'], repeats: () => false },
		);
		assert.deepEqual(shown, {
			'x-long': `${'z'.repeat(200)}…`,
			'x-list': 'a, b',
			forwarded: 'for=192.0.2.1;proto=https',
			'x-pagerduty-signature': '',
		});
		const own = redactHeaders({ 'X-Mine': 'abc' }, { headers: ['x-mine'], repeats: () => false });
		assert.deepEqual(own, { 'x-mine': '*** (3 characters)' });
	});
});
