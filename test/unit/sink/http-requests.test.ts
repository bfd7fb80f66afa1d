import assert from 'node:assert/strict';
import type { Outcome } from '../../../core/buffer/store';
import type { HttpEndpoint } from '../../../core/sink/http/http-config';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import type { Attempt, RequestReport } from '../../../core/sink/sink';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { startHttpReceiver, type Answer, type HttpReceiver } from '../../support/http-receiver';

const rowsOf = (...values: unknown[]) =>
	fakeBatch({ payloads: values.map((value) => Buffer.from(JSON.stringify(value))) });

describe('what an http sink tells of its requests', () => {
	let receiver: HttpReceiver | undefined;
	let told: RequestReport[];

	beforeEach(() => (told = []));
	afterEach(async () => {
		await receiver?.close();
		receiver = undefined;
	});

	async function deliver(
		answer: Answer,
		o: {
			readonly config?: Partial<HttpEndpoint>;
			readonly attempt?: Partial<Attempt>;
			readonly batch?: ReturnType<typeof rowsOf>;
		} = {},
	): Promise<Outcome> {
		receiver ??= await startHttpReceiver(answer);
		const sink = createHttpSink({ url: receiver.url, ...o.config });
		try {
			const attempt = { onRequest: (one: RequestReport) => told.push(one), ...o.attempt };
			return await sink.deliver(o.batch ?? rowsOf(1, 2, 3), fakeAttempt(attempt));
		} finally {
			await sink.close?.();
		}
	}
	const say =
		(status: number, text = ''): Answer =>
		(_request, response) =>
			response.writeHead(status).end(text);

	it('is each of them once, with its status, its bytes and what was answered', async () => {
		let requests = 0;
		const answer: Answer = (_request, response) =>
			response.writeHead(++requests === 2 ? 400 : 200).end(`no ${requests}`);
		await deliver(answer, { config: { send: 'row' } });
		assert.deepEqual(
			told.map(({ ok, status, bytes, answeredText }) => [ok, status, bytes, answeredText]),
			[
				[true, 200, 1, 'no 1'],
				[false, 400, 1, 'no 2'],
				[true, 200, 1, 'no 3'],
			],
		);
		for (const { durationMs } of told) assert.ok(durationMs > 0 && durationMs < 10_000);
	});

	it('is one for a batch that goes as one, and one without a status where nothing answers', async () => {
		await deliver(say(200));
		const gone = await startHttpReceiver(say(200));
		await gone.close();
		await deliver(say(200), { config: { url: gone.url } });
		assert.deepEqual(
			told.map(({ ok, status }) => [ok, status]),
			[
				[true, 200],
				[false, undefined],
			],
		);
	});

	it('is one without a status where the answer is late or breaks off', async () => {
		await deliver(
			(_request, response) => {
				if (receiver?.received.length === 2) response.socket?.resetAndDestroy();
			},
			{ config: { timeoutMs: 100 } },
		);
		await deliver(() => {});
		assert.deepEqual(
			told.map(({ ok, status }) => [ok, status]),
			[
				[false, undefined],
				[false, undefined],
			],
		);
	});

	it('is nothing of a request that was broken off from here', async () => {
		const abort = new AbortController();
		const outcome = await deliver(() => abort.abort(), { attempt: { signal: abort.signal } });
		assert.equal(outcome.kind, 'release');
		assert.deepEqual(told, []);
	});

	it('asks before each row, and stops where it has to wait: what was not sent comes then', async () => {
		const notBefore = Date.now() + 7_000;
		let asked = 0;
		const permit = async () => (++asked > 2 ? { notBefore } : 'granted');
		const outcome = await deliver(say(200), {
			config: { send: 'row' },
			attempt: { permit: permit as Attempt['permit'] },
		});
		assert(outcome.kind === 'split');
		assert.deepEqual(
			[outcome.retry, outcome.hold, outcome.dead, outcome.retryAt],
			[[], [2], [], notBefore],
		);
		assert.equal(receiver?.received.length, 2);
	});

	it('counts no attempt where not one row could be sent', async () => {
		const permit = async () => ({ notBefore: Date.now() + 7_000 });
		const outcome = await deliver(say(200), { config: { send: 'row' }, attempt: { permit } });
		assert.equal(outcome.kind, 'release');
		assert.equal(receiver?.received.length, 0);
	});

	it('sends no more once the attempt is aborted, and keeps what was taken', async () => {
		let asked = 0;
		const permit = async () => (++asked > 1 ? 'aborted' : 'granted');
		const outcome = await deliver(say(200), {
			config: { send: 'row' },
			attempt: { permit: permit as Attempt['permit'] },
		});
		assert.equal(receiver?.received.length, 1);
		assert(outcome.kind === 'split');
		assert.deepEqual([outcome.retry, outcome.hold, outcome.retryAt], [[], [1, 2], undefined]);
	});

	it('holds the row whose request was broken off from here, too', async () => {
		const abort = new AbortController();
		const answer: Answer = (request, response) => {
			if (receiver?.received.length === 2) abort.abort();
			else say(200)(request, response);
		};
		const outcome = await deliver(answer, {
			config: { send: 'row' },
			attempt: { signal: abort.signal },
		});
		assert(outcome.kind === 'split');
		assert.deepEqual([outcome.retry, outcome.hold, outcome.dead], [[], [1, 2], []]);
		assert.equal(told.length, 1);
	});

	for (const send of ['batch', 'row'] as const) {
		it(`carries that an endpoint wants no more (410), ${send} by ${send}`, async () => {
			for (const retryAllStatuses of [true, false]) {
				const outcome = await deliver(say(410, 'gone for good'), {
					config: { send, retryAllStatuses },
				});
				assert('answer' in outcome);
				assert.deepEqual(outcome.answer, {
					status: 410,
					text: 'gone for good',
					asksToDisable: true,
				});
			}
		});
	}

	it('keeps a 410 among rows that were taken and one that comes again', async () => {
		const statuses = [200, 410, 503];
		const outcome = await deliver(
			(_request, response) => response.writeHead(statuses.shift() ?? 500).end(),
			{ config: { send: 'row' } },
		);
		assert(outcome.kind === 'split');
		assert.deepEqual([outcome.dead, outcome.retry], [[1], [2]]);
		assert.equal(outcome.answer?.asksToDisable, true);
	});

	describe('of an answer', () => {
		const answered = async (text: string, config: Partial<HttpEndpoint> = {}, url = '') => {
			receiver = await startHttpReceiver(say(500, text));
			await deliver(say(500), { config: { ...config, url: `${receiver.url}${url}` } });
			return told[0]?.answeredText;
		};

		it('comes with the outcome as long as a dead letter keeps it', async () => {
			const { length } = 'é'.repeat(9_998);
			const outcome = await deliver(say(400, 'é'.repeat(12_000)));
			assert(outcome.kind === 'dead');
			assert.equal(outcome.answer?.text, `${'é'.repeat(length)}…`);
		});

		it('is one line of at most 500 characters', async () => {
			assert.equal(await answered('  no\r\n\tway \u001b[31m '), 'no way [31m');
			await receiver?.close();
			told = [];
			assert.equal((await answered('é'.repeat(5_000)))?.length, 500);
		});

		it('is nothing where there is none, and where it is no text', async () => {
			assert.equal(await answered(''), undefined);
			await receiver?.close();
			told = [];
			assert.equal(await answered('PNG\0\0\u0001'), undefined);
		});

		it('is nothing where it is packed, which nobody asked for', async () => {
			receiver = await startHttpReceiver((_request, response) =>
				response.writeHead(500, { 'Content-Encoding': 'br' }).end('packed'),
			);
			await deliver(say(500));
			assert.equal(told[0]?.answeredText, undefined);
		});

		it('leaves out what was sent as a secret, however it comes back', async () => {
			const shown = await answered(
				'token abc/d"ef of Bearer hunter2! at /hooks/T0123456789?key=s%20pace, "abc/d\\"ef", abc%2Fd%22ef, s pace, AT&amp;T',
				{ headers: { Authorization: 'Bearer hunter2!', 'X-Key': 'abc/d"ef', 'X-Corp': 'AT&T' } },
				'/hooks/T0123456789?key=s%20pace',
			);
			assert.equal(/abc|hunter2|T0123456789|pace|AT&/.test(shown ?? ''), false, shown);
			assert.match(shown ?? '', /^token \*\*\* of \*\*\*/);
		});

		for (const [writer, spelled] of [
			['JavaScript', 'ab/c+d"e<f>&ü=='],
			['PHP', 'ab\\/c+d\\"e<f>&\\u00fc=='],
			['PHP with unescaped letters', 'ab\\/c+d\\"e<f>&ü=='],
			['Python', 'ab/c+d\\"e<f>&\\u00fc=='],
			['Go', 'ab/c+d\\"e\\u003cf\\u003e\\u0026ü=='],
			['.NET', 'ab/c\\u002Bd\\u0022e\\u003Cf\\u003E\\u0026\\u00FC=='],
		] as const) {
			it(`leaves it out of JSON as ${writer} writes it`, async () => {
				const headers = { 'X-Key': 'ab/c+d"e<f>&ü==' };
				assert.equal(await answered(`{"key":"${spelled}"}`, { headers }), '{"key":"***"}');
			});
		}

		it('leaves out all of a secret that begins as another one does', async () => {
			const headers = { 'X-Short': 'hunter2', 'X-Long': 'hunter2-and-more' };
			assert.equal(await answered('not hunter2-and-more', { headers }), 'not ***');
		});

		it('leaves out the signature and its secret', async () => {
			receiver = await startHttpReceiver((request, response) =>
				response
					.writeHead(401)
					.end(
						`no: ${String(request.headers['x-dt-signature'])} / my-secret-of-32-characters-here!`,
					),
			);
			const secrets = ['my-secret-of-32-characters-here!'];
			await deliver(say(200), { config: { signatures: [{ kind: 'body-jwt', secrets }] } });
			assert.equal(told[0]?.answeredText, 'no: *** / ***');
		});
	});
});
