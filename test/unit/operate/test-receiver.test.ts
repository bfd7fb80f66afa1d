import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { decodeEvent } from '../../../core/event/codec';
import { runVerb } from '../../../core/operate/verbs';
import { testReceiver, type TestedReceiver } from '../../../core/operate/verbs/test-receiver';
import type { GivenEvent } from '../../../core/operate/verbs/given-event';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import { presetReceiver } from '../../../core/settings/preset-receiver';
import { PRESET_CHOICES } from '../../../core/settings/preset-fields';
import { SCHEMES, type SchemeConfig } from '../../../core/signature/schemes/index';
import { anExportInput, HOLDER, pipelineWorld } from '../../support/pipeline-fixtures';
import { assertNoSecret, MARK } from '../../support/secret-hunt';

const IN_URL = 'A'.repeat(48);
const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

async function tested(
	input: Omit<ReceiverInput, 'id'>,
	given: GivenEvent = {},
	then: (world: Awaited<ReturnType<typeof pipelineWorld>>) => Promise<unknown> = async () => {},
): Promise<{ result: TestedReceiver; events: readonly ReturnType<typeof decodeEvent>[] }> {
	const world = await pipelineWorld(Date.now());
	try {
		await world.pipeline.attachReceiver(
			{ id: 'r1', ...input },
			[{ config: anExportInput({ conditions: { count: 100, time: '1h', size: '1MB' } }) }],
			HOLDER,
		).ready;
		await then(world);
		const result = await testReceiver(world.pipeline, 'r1', { ...given, clock: world.clock });
		const rows = await world.store.peek('r1/main');
		return { result, events: rows.map(({ payload }) => decodeEvent(payload)) };
	} finally {
		await world.close();
	}
}

describe('the test of a receiver', () => {
	const publicUrl = 'https://hooks.example.com/in';
	const ways: readonly SchemeConfig[] = [
		{ kind: 'none' },
		{ kind: 'url-secret', secrets: [IN_URL] },
		{ kind: 'query-key', secrets: [`${MARK} &=Ü`], parameter: 'a b' },
		{ kind: 'header-key', secrets: [MARK], header: 'X-Key', prefix: 'key ' },
		{ kind: 'bearer', secrets: [MARK] },
		{ kind: 'basic', secrets: [MARK], user: 'Jürgen' },
		{ kind: 'body-jwt', secrets: [MARK], algs: ['HS512'], claim: 'sha' },
		{ kind: 'jwt', secrets: [MARK], algs: ['RS256', 'HS384'], issuer: 'me', singleUse: true },
		{ kind: 'standard-webhooks', secrets: [WEBHOOK_SECRET] },
		{ kind: 'hmac', secrets: [MARK] },
		{
			kind: 'hmac',
			secrets: [MARK],
			content: '{header:X-Id}{header:X-Time}{method}{timestamp}{url}{body}',
			timestampHeader: 'X-Time',
			publicUrl,
		},
		{ kind: 'hmac', secrets: [MARK], content: '{url}{form}', publicUrl },
	];

	for (const [index, way] of ways.entries()) {
		it(`${way.kind} ${index}: is signed as the sender signs, stored, and marked`, async () => {
			const { result, events } = await tested({ auth: [way] }, { event: { hello: 'world' } });
			assert.deepEqual(
				[result.outcome, result.status, result.way],
				['stored', 200, way.kind],
				result.says,
			);
			const [event, ...others] = events;
			assert.equal(others.length, 0);
			assert.deepEqual(event?.headers['sluice-test'], [result.test]);
			assert.equal(Buffer.from(event?.body ?? []).toString(), '{"hello":"world"}');
			assertNoSecret({ result, event: { ...event, body: undefined } }, [IN_URL]);
		});
	}

	it('is told of each way what a snapshot may show: its fields, and no secret', async () => {
		const world = await pipelineWorld();
		try {
			const auth = ways.filter(({ kind }) => kind !== 'none').slice(0, 10);
			await world.pipeline.attachReceiver({ id: 'r1', auth }, [{ config: anExportInput() }], HOLDER)
				.ready;
			const [receiver] = world.pipeline.held().receivers;
			const shown = receiver?.ways ?? [];
			assert.deepEqual(
				shown.map(({ kind }) => kind),
				auth.map(({ kind }) => kind),
			);
			assert.deepEqual(shown[2], { kind: 'header-key', header: 'X-Key', prefix: 'key ' });
			assertNoSecret({ shown }, [IN_URL, WEBHOOK_SECRET]);
		} finally {
			await world.close();
		}
	});

	it('has a case for each scheme of which somebody else than the sender can sign', () => {
		const tried = new Set(ways.map(({ kind }) => kind));
		for (const { kind, present } of SCHEMES)
			assert.equal(present !== undefined, tried.has(kind as SchemeConfig['kind']), kind);
	});

	for (const { id, preset, way, fields } of PRESET_CHOICES) {
		it(`works for ${id}, with its own shape of events`, async () => {
			const { kind } = fields.auth[0];
			const secret =
				kind === 'standard-webhooks' ? WEBHOOK_SECRET : kind === 'url-secret' ? IN_URL : 'a secret';
			const input = presetReceiver({
				...{ preset, way, secrets: [secret], publicUrl, verifyTokens: ['v'] },
				topics: 'arn:aws:sns:eu-west-1:123456789012:one',
			});
			const { result, events } = await tested(input);
			const canSign = kind !== 'sns';
			assert.equal(result.outcome, canSign ? 'stored' : undefined, result.says);
			assert.equal(events.length, canSign ? 1 : 0);
		});
	}

	it('offers nothing false where only the sender can sign', async () => {
		const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
		const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
		for (const auth of [
			[{ kind: 'jwt', secrets: [pem], algs: ['RS256', 'HS256'] }],
			[{ kind: 'jwks', url: 'https://id.example.com/keys', audience: 'me' }],
			[{ kind: 'standard-webhooks', secrets: [`whpk_${Buffer.alloc(32, 1).toString('base64')}`] }],
			[{ kind: 'hmac', secrets: [MARK], content: '{url}{form}', publicUrl: `${publicUrl}?a=1` }],
		] as const satisfies readonly (readonly SchemeConfig[])[]) {
			const { result, events } = await tested({ auth });
			assert.deepEqual(Object.keys(result), ['receiverId', 'says']);
			assert.match(result.says, /^Not sent: only the sender can sign/);
			assert.equal(events.length, 0);
		}
	});

	it('says so where the secret of the URL was renewed, and takes another way where there is one', async () => {
		const bearer = { kind: 'bearer', secrets: [MARK] } as const;
		const auth = [{ kind: 'url-secret', secrets: [IN_URL] }] as const;
		const renew = async ({ pipeline }: Awaited<ReturnType<typeof pipelineWorld>>) =>
			pipeline.renewUrlSecret('r1');
		const alone = await tested({ auth, formerUrlSecretMs: 0 }, {}, renew);
		assert.match(alone.result.says, /Not sent: .* was renewed/);
		const both = await tested({ auth: [...auth, bearer], formerUrlSecretMs: 0 }, {}, renew);
		assert.deepEqual([both.result.way, both.result.outcome], ['bearer', 'stored']);
	});

	it('tells why it was refused, and what became of it where it was not stored', async () => {
		const auth = [{ kind: 'bearer', secrets: [MARK] }] as const;
		const small = await tested({ auth, maxBodyBytes: 10 });
		assert.deepEqual([small.result.status, small.result.outcome], [413, 'refused']);
		assert.match(small.result.says, /answered 413: refused \(ERR_BODY_TOO_LARGE\)/);
		assert.match(small.result.answer ?? '', /limit maxBodyBytes is 10"/);
		const again = { event: { id: 'same' } };
		const known = await tested(
			{ auth, dedupe: [{ content: true, windowMs: 3_600_000 }] },
			again,
			({ pipeline }) => testReceiver(pipeline, 'r1', again),
		);
		assert.equal(known.result.outcome, 'duplicate');
		const csv = await tested({ auth, split: 'csv' }, { event: 'a;b' });
		assert.match(csv.result.says, /read as no event at all/);
		assert.match(known.result.says, /known already/);
	});

	it('is a verb, and names what it cannot be asked', async () => {
		const world = await pipelineWorld();
		try {
			for (const [given, path] of [
				[{}, 'receiverId'],
				[{ receiverId: 'gone' }, 'receiverId'],
				[{ receiverId: 'r1', sample: 'nothing' }, 'sample'],
				[{ receiverId: 'r1', limit: 1 }, 'limit'],
			] as const) {
				if (path === 'sample') {
					await world.pipeline.attachReceiver(
						{ id: 'r1', auth: [{ kind: 'none' }] },
						[{ config: anExportInput() }],
						HOLDER,
					).ready;
				}
				await assert.rejects(
					runVerb(world.pipeline, 'testReceiver', given),
					(error: { code: string; details: { path: string } }) =>
						error.code === 'ERR_CONFIG_INVALID' && error.details.path === path,
				);
			}
			await assert.rejects(
				testReceiver({ store: world.store }, 'r1'),
				/a receiver that this process holds/,
			);
		} finally {
			await world.close();
		}
	});
});
