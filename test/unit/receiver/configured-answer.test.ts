import assert from 'node:assert/strict';
import type { AnswerConfig } from '../../../core/config';
import { ANSWER } from '../../../core/pure/bounds';
import { PROTECTED_ANSWER_HEADERS } from '../../../core/pure/protected-headers';
import { parseAnswer } from '../../../core/receiver/configured-answer';
import { pushed, pushedAway } from '../../support/handshake-world';
import { aPush, anExportInput, HOLDER, OPEN, pipelineWorld } from '../../support/pipeline-fixtures';

const answerOf = async (answer: AnswerConfig) => (await pushed({ auth: OPEN, answer }, {})).answer;

describe('answers by configuration', () => {
	it('are ours where nothing is said: 200 and the id', async () => {
		for (const config of [{}, { body: 'ours' }] as const) {
			const { status, headers, body } = await answerOf(config);
			assert.equal(status, 200);
			assert.match(body, /^\{"id":"[^"]+"\}$/);
			assert.deepEqual(headers, { 'content-type': 'application/json; charset=utf-8' });
		}
	});

	it('have another status and more headers, with our body', async () => {
		const { status, headers, body } = await answerOf({
			status: 202,
			headers: { 'X-Taken': 'yes', 'Cache-Control': 'no-store' },
		});
		assert.equal(status, 202);
		assert.match(body, /"id"/);
		assert.deepEqual(headers, {
			'content-type': 'application/json; charset=utf-8',
			'x-taken': 'yes',
			'cache-control': 'no-store',
		});
	});

	it('write refusals as Opendatasoft has them, where they are told to, with their status and headers', async () => {
		const world = await pipelineWorld();
		const auth = [{ kind: 'bearer', secrets: ['a secret of its own'] }] as const;
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth, answer: { refusals: 'status' } },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
		const { status, headers, body } = await world.pipeline.accept('r1', aPush());
		assert.deepEqual(JSON.parse(body), {
			status: 'error',
			error: 'the request could not be authenticated',
		});
		assert.equal(status, 401);
		assert.equal(headers['www-authenticate'], 'Bearer');
		assert.match(headers['content-type'] ?? '', /^application\/json/);
		const put = await world.pipeline.accept('r1', aPush({ method: 'PUT' }));
		assert.deepEqual([put.status, put.headers['allow']], [405, 'POST']);
		await world.close();
	});

	it('are empty, a fixed text or fixed JSON', async () => {
		assert.deepEqual(await answerOf({ body: 'empty' }), { status: 200, headers: {}, body: '' });
		assert.deepEqual(await answerOf({ body: 'empty', status: 204 }), {
			status: 204,
			headers: {},
			body: '',
		});
		assert.deepEqual(await answerOf({ body: 'text', text: 'ok' }), {
			status: 200,
			headers: { 'content-type': 'text/plain; charset=utf-8' },
			body: 'ok',
		});
		assert.deepEqual(await answerOf({ body: 'json', text: '{ "ok": true }' }), {
			status: 200,
			headers: { 'content-type': 'application/json; charset=utf-8' },
			body: '{ "ok": true }',
		});
		const headers = { 'Content-Type': 'text/xml' };
		assert.deepEqual(await answerOf({ body: 'text', text: '<Response/>', headers }), {
			status: 200,
			headers: { 'content-type': 'text/xml' },
			body: '<Response/>',
		});
	});

	it('are the same where nothing was stored: a duplicate, and what is filtered', async () => {
		const world = await pipelineWorld();
		try {
			const answer = { status: 201, body: 'text', text: 'ok' } as const;
			const dedupe = [{ keyPath: 'a', windowMs: 60_000 }];
			await world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN, answer, dedupe },
				[{ config: anExportInput() }],
				HOLDER,
			).ready;
			for (let n = 0; n < 2; n++) {
				const { status, body } = await world.pipeline.accept('r1', aPush());
				assert.deepEqual([status, body], [201, 'ok']);
			}
			assert.equal((await world.store.peek('r1/main')).length, 1);
		} finally {
			await world.close();
		}
	});

	it('leave refusals as they are, but for the body of a 401 where none is wanted', async () => {
		const auth = [{ kind: 'bearer', secrets: ['b'] }] as const;
		const answer = {
			status: 202,
			headers: { 'x-taken': 'yes' },
			body: 'text',
			text: 'ok',
		} as const;
		const refused = await pushedAway({ auth, answer }, {});
		assert.deepEqual([refused.status, refused.headers['x-taken']], [401, undefined]);
		assert.match(refused.body, /unauthorized/);
		const empty = await pushedAway({ auth, answer: { body: 'empty' } }, {});
		assert.deepEqual(
			[empty.status, empty.body, empty.headers['content-type']],
			[401, '', undefined],
		);
		assert.ok(empty.headers['www-authenticate']);
		const tooLarge = { auth: OPEN, answer: { body: 'empty' }, maxBodyBytes: 1 } as const;
		assert.match((await pushedAway(tooLarge, {})).body, /ERR_BODY_TOO_LARGE/);
	});

	it('count for handshakes no more than for refusals', async () => {
		const receiver = {
			auth: OPEN,
			handshake: 'slack',
			answer: { body: 'empty', status: 204 },
		} as const;
		const body = Buffer.from('{"type":"url_verification","challenge":"c"}');
		const { status, body: answered } = await pushedAway(receiver, { body });
		assert.deepEqual([status, answered], [200, '{"challenge":"c"}']);
	});
});

describe('answers that cannot be configured', () => {
	const headers = (name: string, value = 'x') => ({ headers: { [name]: value } });
	const many = Object.fromEntries(
		Array.from({ length: ANSWER.headers + 1 }, (_, n) => [`x-${n}`, 'x']),
	);
	for (const [name, config, message] of [
		['a status that is no 2xx', { status: 302 }, /answer\.status: expected .*200 to 299/],
		['a status that is no number', { status: '200' }, /answer\.status/],
		['a body with 204', { status: 204 }, /answer\.body: expected empty, since answers with 204/],
		['a body with 205', { status: 205, body: 'text', text: 'x' }, /answer\.body/],
		['a body that there is none of', { body: 'html' }, /answer\.body: expected one of ours/],
		['a text that is none', { body: 'text' }, /answer\.text: expected a text of 1 to 16384/],
		['a text that is too long', { body: 'text', text: 'ü'.repeat(8_193) }, /answer\.text/],
		['a text with half of a character', { body: 'text', text: '\ud800' }, /answer\.text/],
		['JSON that is none', { body: 'json', text: '{ok}' }, /answer\.text: expected JSON/],
		['headers that are none', { headers: [] }, /answer\.headers/],
		['too many headers', { headers: many }, /at most 20/],
		['a name of a header that is none', headers('a b'), /answer\.headers/],
		['a line break in a header', headers('x', 'a\r\nset-cookie: y'), /line breaks/],
		['a value of a header that is too long', headers('x', 'x'.repeat(2_001)), /at most 2000/],
		['a header twice', { headers: { 'X-A': '1', 'x-a': '2' } }, /each header once/],
		...PROTECTED_ANSWER_HEADERS.map(
			(one) => [`the header ${one}`, headers(one.toUpperCase()), /does not set itself/] as const,
		),
	] as const) {
		it(name, () => {
			assert.throws(() => parseAnswer(config as AnswerConfig), {
				code: 'ERR_CONFIG_INVALID',
				message,
			});
		});
	}
});
