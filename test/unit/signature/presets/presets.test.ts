import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { SignJWT } from 'jose';
import { Webhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { parseReceiverConfig } from '../../../../core/pipeline/parse-receiver';
import {
	asksOf,
	findPresetChoice,
	PRESET_CHOICES,
	withPreset,
} from '../../../../core/settings/preset-fields';
import { presetReceiver } from '../../../../core/settings/preset-receiver';
import { toHandshake } from '../../../../core/settings/handshake-settings';
import { toReceiver, type ReceiverSettings } from '../../../../core/settings/receiver-settings';
import { toScheme } from '../../../../core/settings/scheme-settings';
import { secretRule } from '../../../../core/pure/scheme-description';
import { findScheme, type SchemeConfig } from '../../../../core/signature/schemes/index';
import { findPreset, PRESETS } from '../../../../core/signature/presets/index';
import { presetWorld, type SentRequest } from '../../../support/preset-world';
import { SAMPLES } from './samples';
import { VECTORS } from './vectors';

/** What a way's secret has to look like. */
const secretFor = (kind: string): string =>
	kind === 'standard-webhooks'
		? 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
		: kind === 'url-secret'
			? 'a'.repeat(24)
			: 'a secret of its own';

const verifyTokens = ['a verify token'];
/** What no preset can know. */
const ASKED = {
	publicUrl: 'https://hooks.example.com/in',
	topics: 'arn:aws:sns:eu-west-1:123456789012:one',
};

async function statusOf(
	settings: Parameters<typeof presetWorld>[0],
	request: SentRequest,
	now?: number,
): Promise<number> {
	const world = await presetWorld(settings, now);
	try {
		return (await world.push(request)).status;
	} finally {
		await world.close();
	}
}

describe('presets of senders', () => {
	it('have ids of their own, which may stand in configurations', () => {
		const ids = PRESETS.map(({ id }) => id);
		assert.deepEqual([...new Set(ids)], ids);
		for (const id of ids) assert.match(id, /^[a-z]+(-[a-z]+)*$/);
		for (const { source } of PRESETS) assert.match(source, /^https:\/\//);
		assert.equal(findPreset('toString'), undefined);
	});

	for (const preset of PRESETS) {
		for (const [way, { scheme, secretName }] of preset.ways.entries()) {
			it(`${preset.name}, ${scheme.kind} ${way}: makes a receiver that is right`, () => {
				assert.equal(secretName !== undefined, secretRule(findScheme(scheme.kind)) !== undefined);
				const settings = {
					preset: preset.id,
					way,
					secrets: [secretFor(scheme.kind)],
					verifyTokens,
				};
				const config = parseReceiverConfig({
					id: 'r1',
					...presetReceiver({ ...settings, ...ASKED }),
				});
				assert.equal(config.auth[0]?.kind, scheme.kind);
				const without = () => parseReceiverConfig({ id: 'r1', ...presetReceiver(settings) });
				const [asked] = asksOf(preset.ways[way] ?? preset.ways[0]);
				const refused = new RegExp(`auth\\[0\\]\\.${asked}`);
				if (asked === undefined) without();
				else assert.throws(without, { code: 'ERR_CONFIG_INVALID', message: refused });
			});
		}
	}

	it('refuse a sender and a way that there are none of, by the name of the field', () => {
		const secrets = ['s'];
		assert.throws(() => presetReceiver({ preset: 'githup', secrets }), {
			code: 'ERR_CONFIG_INVALID',
			message: /preset.*github, gitlab/s,
		});
		for (const way of [1, -1, 0.5])
			assert.throws(() => presetReceiver({ preset: 'github', way, secrets }), /way.*0 to 0/s);
		assert.throws(
			() => presetReceiver({ preset: 'nobody', secrets }, (field) => `my ${field}`),
			/my preset/,
		);
	});

	it('know an event for longer than any sender repeats it (Stripe: 3 days)', () => {
		for (const { id, eventId } of PRESETS) {
			const { dedupe = [] } = presetReceiver({ preset: id, secrets: ['s'] });
			assert.equal(dedupe.length, eventId ? 1 : 0);
			for (const { windowMs } of dedupe) assert.ok(windowMs > 72 * 3_600_000, id);
		}
	});

	it('keep the latest event of devices where the sender has states of them', () => {
		const { latest } = presetReceiver({ preset: 'disruptive-technologies', secrets: ['s'] });
		assert.deepEqual(latest, {});
		assert.equal(presetReceiver({ preset: 'github', secrets: ['s'] }).latest, undefined);
	});

	it('bring the handshake, the answer and the bodies of their sender', () => {
		const of = (preset: string) => presetReceiver({ preset, secrets: ['s'] });
		assert.deepEqual(of('slack').handshake, { kind: 'slack' });
		assert.deepEqual(of('slack').answer, { body: 'empty' });
		assert.deepEqual(of('zoom').handshake, { kind: 'zoom' });
		assert.deepEqual(of('twilio').answer, { body: 'empty' });
		const { answer, maxBodyBytes, schema, readBodyAs, split } = of('opendatasoft');
		assert.deepEqual(answer, { body: 'json', text: '{"status":"OK"}', refusals: 'status' });
		assert.deepEqual([maxBodyBytes, readBodyAs, split], [5_242_880, 'json', 'array']);
		assert.deepEqual(schema, { fields: [], mode: 'coerce', unknown: 'keep' });
		assert.equal('handshake' in of('github') || 'answer' in of('github'), false);
	});

	it('fill the fields of a dialog, which then makes the same receiver', () => {
		for (const { id, preset, way, asks, fields } of PRESET_CHOICES) {
			const secrets = [secretFor(fields.auth[0].kind)];
			const { auth, handshake, ...others } = fields;
			const asked = Object.entries(ASKED).filter(([name]) => asks.includes(name));
			const saved = { ...auth[0], ...(Object.fromEntries(asked) as object), kind: auth[0].kind };
			const made = {
				auth: [toScheme<SchemeConfig>(saved, () => secrets)],
				...toReceiver(others),
				...toHandshake({ handshake, verifyToken: () => verifyTokens[0] }),
			};
			const direct = presetReceiver({ preset, way, secrets, verifyTokens, ...ASKED });
			const parsed = [made, direct].map((one) => parseReceiverConfig({ id: 'r1', ...one }));
			assert.deepEqual(parsed[0], parsed[1], id);
			assert.deepEqual(findPresetChoice(id)?.fields, fields);
		}
	});

	it('do not turn off a schema whose fields are set beside them, and bring theirs', () => {
		const of = (id: string, settings: ReceiverSettings) => {
			const { fields } = findPresetChoice(id) ?? assert.fail(id);
			return toReceiver(withPreset(fields, settings)).schema?.mode;
		};
		assert.equal(of('github', {}), undefined);
		assert.equal(of('github', { schemaSample: '{"a": 1}' }), 'coerce');
		assert.equal(of('opendatasoft', { schemaUnknown: 'keep' }), 'coerce');
		assert.equal(of('opendatasoft', { schemaMode: 'off' }), undefined);
	});

	it('leave no field of another one behind', () => {
		const names = PRESET_CHOICES.map(({ fields }) => Object.keys(fields).sort());
		for (const some of names) assert.deepEqual(some, names[0]);
	});

	it('without a secret let nobody in', () => {
		for (const { id, ways } of PRESETS) {
			for (const [way, { secretName }] of ways.entries()) {
				if (secretName === undefined) continue;
				for (const secrets of [[], ['']]) {
					const input = presetReceiver({ preset: id, way, secrets, verifyTokens, ...ASKED });
					assert.throws(() => parseReceiverConfig({ id: 'r1', ...input }), {
						code: 'ERR_CONFIG_INVALID',
					});
				}
			}
		}
	});
});

describe('what senders have published', () => {
	it('is there for each way that is said to be verified, and for no other', () => {
		const named = (preset: string, way = 0): string => `${preset} ${way}`;
		const verified = PRESETS.flatMap(({ id, ways }) =>
			ways.flatMap((one, way) => (one.verified ? [named(id, way)] : [])),
		);
		assert.deepEqual(VECTORS.map(({ preset, way }) => named(preset, way)).sort(), verified.sort());
	});

	for (const { preset, way, from, secret, headers, body, url, now = 1_764_367_200 } of VECTORS) {
		it(`${preset}: ${from}`, async () => {
			const publicUrl = url?.replace(/\?.*/, '');
			const settings = { preset, way, secrets: ['another one', secret], publicUrl };
			// One that is no key of the scheme is not even taken.
			if (secret.startsWith('whsec_')) settings.secrets[0] = 'whsec_d3Jvbmc=';
			const request = { headers, body, url };
			assert.equal(await statusOf(settings, request, now * 1_000), 200);
			const changed = { ...request, body: body.replace(/.(.)$/s, 'X$1') };
			assert.equal(await statusOf(settings, changed, now * 1_000), 401);
			const forged = { ...settings, secrets: settings.secrets.slice(0, 1) };
			assert.equal(await statusOf(forged, request, now * 1_000), 401);
			const unsigned = { ...request, headers: { 'content-type': 'text/plain' } };
			assert.equal(await statusOf(settings, unsigned, now * 1_000), 401);
			const isTimed = ['slack', 'svix', 'standard-webhooks', 'disruptive-technologies'];
			const late = await statusOf(settings, request, (now + 86_400) * 1_000);
			assert.equal(late, isTimed.includes(preset) ? 401 : 200);
			if (url === undefined) return;
			const elsewhere = { ...settings, publicUrl: `${publicUrl}/other` };
			assert.equal(await statusOf(elsewhere, request, now * 1_000), 401);
		});
	}
});

describe('what the libraries of senders sign', () => {
	const body = '{"type":"a.b","text":"Ünïcode ✓"}';
	const now = 1_764_367_200_000;
	const key = secretFor('standard-webhooks');

	it('@octokit/webhooks-methods, for GitHub', async () => {
		const { sign } = await import('@octokit/webhooks-methods');
		const signature = await sign('my secret', body);
		const settings = { preset: 'github', secrets: ['my secret'] };
		const headers = { 'X-Hub-Signature-256': signature };
		assert.equal(await statusOf(settings, { headers, body }), 200);
		assert.equal(await statusOf(settings, { headers, body: `${body} ` }), 401);
	});

	for (const preset of ['standard-webhooks', 'gitlab']) {
		it(`standardwebhooks, for ${preset}`, async () => {
			const signature = new Webhook(key).sign('msg_1', new Date(now), body);
			const headers = {
				'webhook-id': 'msg_1',
				'webhook-timestamp': String(now / 1_000),
				'webhook-signature': signature,
			};
			const settings = { preset, secrets: [key] };
			assert.equal(await statusOf(settings, { headers, body }, now), 200);
			assert.equal(await statusOf(settings, { headers, body }, now + 301_000), 401);
		});
	}

	it('svix, for Svix', async () => {
		const signature = new Svix(key).sign('msg_1', new Date(now), body);
		const headers = {
			'svix-id': 'msg_1',
			'svix-timestamp': String(now / 1_000),
			'svix-signature': signature,
		};
		const settings = { preset: 'svix', secrets: [key] };
		assert.equal(await statusOf(settings, { headers, body }, now), 200);
		assert.equal(await statusOf(settings, { headers, body: '{}' }, now), 401);
	});

	it('jose, for Netlify: a token without a time', async () => {
		const token = await new SignJWT({ iss: 'netlify', sha256: hash('sha256', body) })
			.setProtectedHeader({ alg: 'HS256' })
			.sign(Buffer.from('my secret'));
		const settings = { preset: 'netlify', secrets: ['my secret'] };
		const headers = { 'X-Webhook-Signature': token };
		assert.equal(await statusOf(settings, { headers, body }), 200);
		assert.equal(await statusOf(settings, { headers, body: '{}' }), 401);
	});
});

describe('the type and the id of what a sender sends', () => {
	it('are shown by a sample of each', () => {
		assert.deepEqual(
			SAMPLES.map(({ preset }) => preset),
			PRESETS.map(({ id }) => id),
		);
	});

	for (const { preset, type, isKnownAgain, different, ...request } of SAMPLES) {
		it(`${preset}: ${type ?? 'no type'}, ${isKnownAgain ? 'a repetition is known' : 'no id'}`, async () => {
			// How it is signed is not the question here.
			const {
				auth: _signed,
				handshake: _asked,
				answer: _answer,
				...rest
			} = presetReceiver({ preset, secrets: ['whsec_d3Jvbmc='] });
			const world = await presetWorld({ preset, secrets: [] }, undefined, {
				...rest,
				auth: [{ kind: 'none' }],
			});
			try {
				assert.equal((await world.push(request)).status, 200);
				const { text } = await world.push(request);
				const [event, ...others] = await world.events();
				assert.equal(event?.type, type);
				assert.equal(/"duplicates?":(true|1)\b/.test(text), isKnownAgain);
				assert.equal(others.length, isKnownAgain ? 0 : 1);
				for (const other of different ?? []) {
					const { text: answer } = await world.push({ ...request, ...other });
					assert.doesNotMatch(answer, /duplicate/, JSON.stringify(other));
				}
			} finally {
				await world.close();
			}
		});
	}
});
