/** Cases of senders that try the address, and of those that want another answer, over a real port. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { SchemeConfig } from '../../../core/signature/schemes/index';
import type { Receiver } from '../../support/handshake-world';
import { startListeningReceiver } from '../../support/listening-receiver';
import { OPEN } from '../../support/pipeline-fixtures';
import type { FieldCase, FieldChecks } from './field-case';

interface Input {
	readonly method: string;
	readonly path?: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly secret: string;
}

interface Answered {
	readonly status: number;
	readonly headers: Headers;
	readonly body: string;
}

type Push = (changed?: Partial<Input>) => Promise<Answered>;

/** Pushes the input of the case, or a changed one, to a receiver, and says how many events were taken in the end. */
async function against(
	one: FieldCase,
	receiver: (input: Input) => Receiver,
	check: (push: Push, input: Input) => Promise<void>,
	stored = 0,
): Promise<void> {
	const input = one.input as unknown as Input;
	const now = Date.parse('2025-11-28T22:00:00Z');
	const listening = await startListeningReceiver({ input: receiver(input), now });
	try {
		await check(async (changed = {}) => {
			const { method, path = '/in/open', headers, body } = { ...input, ...changed };
			const url = `http://127.0.0.1:${listening.port}${path.replace('/in/open', '/in')}`;
			const response = await fetch(url, { method, headers, ...(body === '' ? {} : { body }) });
			return { status: response.status, headers: response.headers, body: await response.text() };
		}, input);
		assert.equal(listening.accepted(), stored);
	} finally {
		await listening.close();
	}
}

/** Status, body and headers as the case expects them. */
function isAnswered(
	kind: NonNullable<Receiver['handshake']>,
	auth?: (input: Input) => SchemeConfig,
) {
	return (one: FieldCase): Promise<void> =>
		against(
			one,
			(input) => ({ auth: auth ? [auth(input)] : OPEN, handshake: kind }),
			async (push) => isAsExpected(one, await push()),
		);
}

function isAsExpected(one: FieldCase, answered: Answered): void {
	const expected = one.expected as {
		status: number;
		body?: unknown;
		headers?: Record<string, string>;
	};
	assert.equal(answered.status, expected.status);
	if (typeof expected.body === 'string') assert.equal(answered.body, expected.body);
	else if (expected.body) assert.deepEqual(JSON.parse(answered.body), expected.body);
	for (const [name, value] of Object.entries(expected.headers ?? {}))
		assert.equal(answered.headers.get(name)?.replace(/;.*/, ''), value);
}

const hmac =
	(more: Omit<Extract<SchemeConfig, { kind: 'hmac' }>, 'kind' | 'secrets'> = {}) =>
	({ secret }: { readonly secret: string }): SchemeConfig => ({
		kind: 'hmac',
		secrets: [secret],
		...more,
	});

const xero = hmac({ header: 'x-xero-signature', encoding: 'base64' });

const signature = (body: string, secret: string, encoding: 'hex' | 'base64' = 'hex'): string =>
	createHmac('sha256', secret).update(body).digest(encoding);

export const handshakeChecks: FieldChecks = {
	H01: (one) =>
		against(
			one,
			() => ({ auth: OPEN, handshake: 'slack' }),
			async (push, { body }) => {
				const { challenge } = JSON.parse(body) as { challenge: string };
				const answered = await push();
				assert.deepEqual([answered.status, JSON.parse(answered.body)], [200, { challenge }]);
			},
		),
	H02: isAnswered('event-grid'),
	H04: isAnswered('graph'),
	H05: (one) =>
		against(
			one,
			() => ({ auth: OPEN, handshake: { kind: 'meta', secrets: ['vt'] } }),
			async (push, { path = '' }) => {
				const answered = await push();
				assert.deepEqual([answered.status, answered.body], [200, '1158201444']);
				assert.equal((await push({ path: path.replace('=vt', '=other') })).status, 403);
			},
		),
	H07: isAnswered('dropbox'),
	H08: (one) =>
		against(
			one,
			(input) => ({ auth: [hmac()(input)], handshake: 'zoom' }),
			async (push, { body, headers, secret }) => {
				// What nobody signed gets no MAC: it could be the signature of an event.
				assert.equal((await push()).status, 401);
				const answered = await push({
					headers: { ...headers, 'X-Signature': signature(body, secret) },
				});
				const { body: expected } = one.expected as { body: unknown };
				assert.deepEqual([answered.status, JSON.parse(answered.body)], [200, expected]);
			},
		),
	H10: isAnswered('okta'),
	H11: (one) =>
		against(
			one,
			() => ({
				auth: [hmac({ header: 'X-Hook-Signature' })({ secret: 'hs1' })],
				handshake: 'asana',
			}),
			async (push) => {
				const answered = await push();
				assert.deepEqual([answered.status, answered.headers.get('x-hook-secret')], [200, 'hs1']);
				const body = '{"events":[]}';
				const headers = { 'X-Hook-Signature': signature(body, 'hs1') };
				assert.equal((await push({ headers, body })).status, 200);
			},
			1,
		),
	H13: (one) =>
		against(
			one,
			() => ({ auth: OPEN, cors: { origins: ['https://app.example'] } }),
			async (push, { headers }) => {
				isAsExpected(one, await push());
				const other = await push({ headers: { ...headers, Origin: 'https://other.example' } });
				assert.equal(other.headers.get('access-control-allow-origin'), null);
			},
		),
	H14: isAnswered(
		'twitch',
		hmac({
			header: 'Twitch-Eventsub-Message-Signature',
			prefix: 'sha256=',
			content: '{header:Twitch-Eventsub-Message-Id}{timestamp}{body}',
			timestampHeader: 'Twitch-Eventsub-Message-Timestamp',
		}),
	),
	H16: (one) =>
		against(
			one,
			() => ({ auth: OPEN, answer: { body: 'empty' } }),
			async (push) => {
				const { status, body } = await push();
				assert.deepEqual({ status, body }, one.expected);
			},
			1,
		),
	H17: (one) =>
		against(
			one,
			() => ({ auth: [xero({ secret: 'xe' })], answer: { body: 'empty' } }),
			async (push, { body, headers }) => {
				const { goodSignature, badSignature } = one.expected as Record<string, number>;
				const bad = await push();
				assert.deepEqual([bad.status, bad.body], [badSignature, '']);
				const good = await push({
					headers: { ...headers, 'x-xero-signature': signature(body, 'xe', 'base64') },
				});
				assert.deepEqual([good.status, good.body], [goodSignature, '']);
			},
			1,
		),
};
