import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { signBody } from '../../../core/signature/sign-body';
import { signRequest } from '../../../core/signature/sign-request';
import type { SchemeConfig } from '../../../core/signature/schemes/index';
import {
	anExportInput,
	aPush,
	HOLDER,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';
import { fromSns, SNS_NOW, snsServers, TOPIC } from '../../support/sns-sender';

const SECRET = 'the-shared-secret';
const STANDARD = `whsec_${Buffer.from(SECRET).toString('base64')}`;
const TIMED: SchemeConfig = {
	kind: 'hmac',
	secrets: [SECRET],
	content: '{timestamp}.{body}',
	timestampHeader: 'x-timestamp',
};
const BODY_JWT: SchemeConfig = { kind: 'body-jwt', secrets: [SECRET] };

describe('a request that somebody sends again', () => {
	let world: PipelineWorld;
	beforeEach(async () => (world = await pipelineWorld()));
	afterEach(() => world.close());

	const attach = (auth: SchemeConfig, receiver: object = {}, config: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: [auth], ...receiver },
			[{ config: anExportInput(config) }],
			HOLDER,
		).ready;
	const signed = async (auth: SchemeConfig, text = '{"a":1}', id?: string) => {
		const body = Buffer.from(text);
		const unsigned = { method: 'POST', url: 'http://x/', body, now: world.clock.now(), id };
		return aPush({ body, headers: await signRequest(unsigned, [auth]) });
	};
	const answers = async (...pushes: ReturnType<typeof aPush>[]) => {
		const bodies: object[] = [];
		for (const one of pushes) {
			const { status, body } = await world.pipeline.accept('r1', one);
			bodies.push(status === 200 ? (JSON.parse(body) as object) : { status });
		}
		return bodies.map((body) => ('id' in body ? 'stored' : Object.keys(body).join()));
	};
	const counts = () => {
		const { duplicates, replays } = world.pipeline.held().receivers[0] ?? {};
		return { duplicates, replays };
	};

	for (const auth of [
		TIMED,
		BODY_JWT,
		{ kind: 'standard-webhooks', secrets: [STANDARD] },
	] as SchemeConfig[]) {
		it(`${auth.kind} is answered as a duplicate, stored once and counted apart`, async () => {
			await attach(auth);
			const push = await signed(auth);
			assert.deepEqual(await answers(push, push, push), ['stored', 'duplicate', 'duplicate']);
			assert.equal((await world.store.peek('r1/main')).length, 1);
			assert.deepEqual(counts(), { duplicates: 0, replays: 2 });
			await world.clock.advance(2_000);
			assert.deepEqual(await answers(await signed(auth)), ['stored']);
		});

		it(`${auth.kind} is known to another process, and over a restart`, async () => {
			await attach(auth);
			const push = await signed(auth);
			await answers(push);
			await world.pipeline.close();
			world.pipeline = await openPipeline({ store: world.store, clock: world.clock });
			await attach(auth);
			assert.deepEqual(await answers(push), ['duplicate']);
			assert.deepEqual(counts(), { duplicates: 0, replays: 1 });
		});

		it(`${auth.kind} is known for as long as it would be let in`, async () => {
			await attach(auth);
			const push = await signed(auth);
			await answers(push);
			const longest = auth.kind === 'body-jwt' ? 3_600 + 60 : 300;
			await world.clock.advance((longest - 1) * 1_000);
			assert.deepEqual(await answers(push), ['duplicate']);
			await world.clock.advance(2_000);
			assert.deepEqual(await answers(push), ['status']);
		});

		it(`${auth.kind} is stored again where the receiver is told to take it`, async () => {
			await attach(auth, { replays: 'take' });
			const push = await signed(auth);
			assert.deepEqual(await answers(push, push), ['stored', 'stored']);
		});
	}

	it('that was refused leaves no key behind', async () => {
		await attach(TIMED, {}, { columns: [{ type: 'path', name: 'a', path: 'b' }] });
		const push = await signed(TIMED);
		assert.deepEqual(await answers(push), ['status']);
		await attach(TIMED);
		assert.deepEqual(await answers(push, push), ['stored', 'duplicate']);
	});

	it('that no buffer takes leaves no key behind either', async () => {
		await attach(TIMED, { typePath: 'a' }, { filter: { types: ['2'] } });
		const push = await signed(TIMED);
		assert.deepEqual(await answers(push), ['filtered']);
		await attach(TIMED);
		assert.deepEqual(await answers(push), ['stored']);
	});

	it('is told from an event that its producer repeats', async () => {
		await attach(TIMED, { dedupe: [{ keyPath: 'a', windowMs: 60_000 }] });
		const first = await signed(TIMED);
		await answers(first);
		await world.clock.advance(1_000);
		const again = await signed(TIMED);
		assert.deepEqual(await answers(again, first), ['duplicate', 'duplicate']);
		assert.deepEqual(counts(), { duplicates: 1, replays: 1 });
	});

	it('is told from it over a restart, also in one of several events', async () => {
		const dedupe = [{ keyPath: 'a', windowMs: 60_000 }];
		await attach(TIMED, { dedupe, split: 'array' });
		const first = await signed(TIMED, '[{"a":1},{"a":2}]');
		await answers(first);
		await world.pipeline.close();
		world.pipeline = await openPipeline({ store: world.store, clock: world.clock });
		await attach(TIMED, { dedupe, split: 'array' });
		await world.clock.advance(1_000);
		await answers(await signed(TIMED, '[{"a":3},{"a":2},{"b":0}]'), first);
		assert.deepEqual(counts(), { duplicates: 1, replays: 2 });
	});

	it('is known with each of its events', async () => {
		await attach(TIMED, { split: 'array' });
		const push = await signed(TIMED, '[1,1,2]');
		for (const [stored, duplicates] of [
			[3, 0],
			[0, 3],
		]) {
			const { body } = await world.pipeline.accept('r1', push);
			const answer = JSON.parse(body) as Record<string, number>;
			assert.deepEqual([answer['stored'], answer['duplicates']], [stored, duplicates]);
		}
		assert.deepEqual(counts(), { duplicates: 0, replays: 3 });
	});

	it('is the same in another spelling of its signature', async () => {
		await attach(TIMED);
		const push = await signed(TIMED);
		const headers = {
			...push.headers,
			'X-Signature': String(push.headers['X-Signature']).toUpperCase(),
		};
		assert.deepEqual(await answers(push, { ...push, headers }), ['stored', 'duplicate']);
	});

	it('is the same beside signatures that somebody has added', async () => {
		const auth: SchemeConfig = {
			kind: 'hmac',
			secrets: [SECRET],
			layout: 'list',
			prefix: 'v1=',
			content: '{timestamp}.{body}',
		};
		await attach(auth);
		const push = await signed(auth);
		const headers = { 'x-signature': `${String(push.headers['X-Signature'])},v1=abcd` };
		assert.deepEqual(await answers(push, { ...push, headers }), ['stored', 'duplicate']);
	});

	it('is the same under another right signature of the same token', async () => {
		const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const pem = String(publicKey.export({ type: 'spki', format: 'pem' })).trim();
		const auth = { kind: 'jwt', secrets: [pem], algs: ['ES256'], singleUse: true } as const;
		await attach(auth);
		const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const exp = Math.floor(world.clock.now() / 1_000) + 60;
		const content = `${part({ alg: 'ES256' })}.${part({ exp })}`;
		const pushes = [1, 2].map(() => {
			const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
			const signature = signBytes('sha256', Buffer.from(content), key).toString('base64url');
			return aPush({ headers: { authorization: `Bearer ${content}.${signature}` } });
		});
		assert.notDeepEqual(pushes[0]?.headers, pushes[1]?.headers);
		assert.deepEqual(await answers(...pushes), ['stored', 'duplicate']);
	});

	it('is meant where its sender signs the same twice: without a time, a token of its own, or a token for many', async () => {
		const untimed = { kind: 'hmac', secrets: [SECRET] } as const;
		const mac = createHmac('sha256', SECRET).update('{"a":1}').digest('hex');
		const token = { kind: 'jwt', secrets: [SECRET] } as const;
		for (const [auth, push] of [
			[untimed, aPush({ headers: { 'x-signature': mac } })],
			[token, await signed(token)],
		] as const) {
			await attach(auth);
			assert.deepEqual(await answers(push, push), ['stored', 'stored'], auth.kind);
		}
	});

	it('of SNS is one by the id of its message', async () => {
		const { fetchText } = snsServers();
		const sns = await pipelineWorld(SNS_NOW, { fetchText });
		try {
			await sns.pipeline.attachReceiver(
				{ id: 'r1', auth: [{ kind: 'sns', topics: TOPIC }] },
				[{ config: anExportInput() }],
				HOLDER,
			).ready;
			const stored = async (message: Record<string, string>) =>
				'id' in JSON.parse((await sns.pipeline.accept('r1', fromSns(message))).body);
			const one = { MessageId: 'one' };
			assert.deepEqual([await stored(one), await stored(one)], [true, false]);
			assert.equal(await stored({ MessageId: 'two' }), true);
		} finally {
			await sns.close();
		}
	});

	it('of a standard webhook is one by its id, whatever it is signed with', async () => {
		const auth = { kind: 'standard-webhooks', secrets: [STANDARD] } as const;
		await attach(auth);
		const first = await signed(auth, '{}', 'one');
		await world.clock.advance(5_000);
		const again = await signed(auth, '{}', 'one');
		const other = await signed(auth, '{}', 'two');
		assert.deepEqual(await answers(first, again, other), ['stored', 'duplicate', 'stored']);
	});

	it('of a body token is one by its id, and by what was signed where it has none', async () => {
		await attach(BODY_JWT);
		const push = async (token: Promise<string>) =>
			aPush({ headers: { 'x-dt-signature': await token } });
		const { body } = aPush();
		const sign = () =>
			signBody({ body: body as Uint8Array, secret: SECRET, now: world.clock.now() });
		const [one, two] = [await push(sign()), await push(sign())];
		assert.deepEqual(await answers(one, two, one), ['stored', 'stored', 'duplicate']);
	});
});
