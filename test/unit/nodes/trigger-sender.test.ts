import assert from 'node:assert/strict';
import { presetReceiver, PRESET_CHOICES, secretRuleOf } from '../../../core/index';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import { readConfiguration } from '../../../nodes/SluiceTrigger/configuration';
import { SluiceTrigger } from '../../../nodes/SluiceTrigger/SluiceTrigger.node.js';
import { takesUrlSecret } from '../../../nodes/SluiceTrigger/ways';
import { filledNode, showsCredential, triggerContext } from './trigger-context';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const asked = {
	publicUrl: 'https://hooks.example.com/in',
	topics: 'arn:aws:sns:eu-west-1:123456789012:one',
};

const read = (parameters: object, credential: object | null = { secret: SECRET }) =>
	readConfiguration(
		triggerContext({
			parameters: { ...parameters },
			credentials: credential ? { sluiceSignatureApi: credential } : {},
		}),
	);

describe('a sender that is chosen in a Trigger', () => {
	for (const { id, preset, way, asks, fields } of PRESET_CHOICES) {
		it(`${id}: makes the receiver of its preset, with its credential where it has a secret`, async () => {
			const isInUrl = secretRuleOf(fields.auth[0].kind) === 'url';
			const { receiver } = await read(
				{ sender: id, ...asked },
				{ secret: SECRET, verifyToken: 'shown' },
			);
			const secrets = [isInUrl ? 'webhook-a' : SECRET];
			const given = Object.fromEntries(
				Object.entries(asked).filter(([name]) => asks.includes(name)),
			);
			const expected = presetReceiver({ preset, way, secrets, verifyTokens: ['shown'], ...given });
			const [mine, its] = [receiver, { id: receiver.id, ...expected }].map(parseReceiverConfig);
			assert.deepEqual(mine, its);
			assert.equal(
				takesUrlSecret(triggerContext({ parameters: { sender: id } })),
				isInUrl,
				'the choice of a scheme is hidden and says nothing',
			);
			const node = filledNode(new SluiceTrigger(), { sender: id });
			const needs = !isInUrl && fields.auth[0].kind !== 'sns';
			const shows = showsCredential(new SluiceTrigger(), node, 'sluiceSignatureApi');
			assert.equal(shows, needs || ['meta', 'strava'].includes(fields.handshake));
		});
	}

	it('lets nobody in without its secret, its public URL or its topics', async () => {
		for (const [parameters, path, credential] of [
			[{ sender: 'github' }, 'credentials.sluiceSignatureApi', null],
			[{ sender: 'github' }, 'credential', { secret: ' ' }],
			[{ sender: 'trello' }, 'auth[0].publicUrl', { secret: SECRET }],
			[{ sender: 'aws-sns' }, 'auth[0].topics', { secret: SECRET }],
			[{ sender: 'meta' }, 'verifyToken', { secret: SECRET }],
			[{ sender: 'githup' }, 'sender', { secret: SECRET }],
		] as const) {
			const started = (async () =>
				parseReceiverConfig((await read(parameters, credential)).receiver))();
			await assert.rejects(started, (error: { details: { path: string } }) => {
				assert.equal(error.details.path, path);
				return true;
			});
		}
	});

	it('gives way to options that are set, and to all that say the same', async () => {
		const { receiver } = await read({
			sender: 'github',
			options: { typePath: 'action', dedupeContent: true, answerStatus: 202 },
		});
		assert.equal(receiver.typePath, 'action');
		assert.equal(receiver.typeHeader, undefined);
		assert.deepEqual(receiver.dedupe, [{ content: true, windowMs: 4 * 86_400_000 }]);
		assert.deepEqual(receiver.answer, { status: 202 });
	});
});

describe('other ways of a Trigger', () => {
	const parameters = {
		authentication: 'hmac',
		severalWays: true,
		otherWays: {
			values: [{ way: 'bearer' }, { way: 'header-key', wayOptions: { header: 'X-Key' } }],
		},
	};

	it('have a secret of their own each', async () => {
		const { receiver } = await read(parameters, { secret: 'a', secret2: 'b', secret3: ' c ' });
		assert.deepEqual(
			receiver.auth.map((way) => [way.kind, 'secrets' in way && way.secrets]),
			[
				['hmac', ['a']],
				['bearer', ['b']],
				['header-key', ['c']],
			],
		);
	});

	it('let nobody in by the secret of another one, and none is left out in silence', async () => {
		await assert.rejects(read(parameters, { secret: 'a', secret2: 'b' }), /secret3/);
		const values = [...parameters.otherWays.values, { way: 'basic' }];
		const credential = { secret: 'a', secret2: 'b', secret3: 'c' };
		await assert.rejects(read({ ...parameters, otherWays: { values } }, credential), /otherWays/);
		const { receiver } = await read({ ...parameters, severalWays: false }, credential);
		assert.equal(receiver.auth.length, 1);
	});

	it('stand beside that of a sender', async () => {
		const { authentication: _hidden, ...others } = parameters;
		const credential = { secret: 'a', secret2: 'b', secret3: 'c' };
		const { receiver } = await read({ ...others, sender: 'github' }, credential);
		assert.deepEqual(
			receiver.auth.map(({ kind }) => kind),
			['hmac', 'bearer', 'header-key'],
		);
	});
});
