import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { presetReceiver } from '../../../core/settings/preset-receiver';
import { findPreset } from '../../../core/signature/presets/index';
import { startListeningReceiver } from '../../support/listening-receiver';
import { receivingRecipes } from '../../support/receiving-page';
import { skipWithout } from '../../support/skip';

const run = promisify(execFile);
const publicUrl = 'https://hooks.example.com/in';
/** What a shell would change of a body that it does not quote. */
const BODY = '{"type": "test",  "text": "$HOME `x` Ü \\n \'"}';

const SECRETS: Readonly<Record<string, { readonly secret: string; readonly other: string }>> = {
	'standard-webhooks': {
		secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		other: 'whsec_d3Jvbmc=',
	},
	'query-key': { secret: 'ab'.repeat(28), other: 'cd'.repeat(28) },
	'url-secret': { secret: 'a'.repeat(24), other: 'b'.repeat(24) },
};

describe('the recipes of docs/receiving.md, run by a shell', () => {
	before(async function () {
		for (const [tool, question] of Object.entries({ curl: '--version', openssl: 'version' }))
			await run(tool, [question]).catch((error: unknown) => skipWithout(this, tool, error));
	});

	for (const { name, id, lines } of receivingRecipes) {
		const preset = findPreset(id);
		const { kind } = preset?.ways[0].scheme ?? {};
		if (kind === 'sns') {
			it(`${name}: makes the sender send, since nobody else can sign`, () => {
				assert.match(lines, /^aws sns publish /);
			});
			continue;
		}
		it(`${name}: what it sends is let in, and with another secret it is not`, async () => {
			const { secret, other } = SECRETS[kind ?? ''] ?? {
				secret: 'the secret of both',
				other: 'another',
			};
			const verifyTokens = ['a verify token'];
			const input = presetReceiver({ preset: id, secrets: [secret], publicUrl, verifyTokens });
			const receiver = await startListeningReceiver({ input, now: Date.now() });
			const URL = `http://127.0.0.1:${receiver.port}/in`;
			const send = async (SECRET: string): Promise<Record<string, unknown>> => {
				const env = { ...process.env, URL, PUBLIC_URL: publicUrl, SECRET, BODY };
				const { stdout } = await run('sh', ['-eu', '-c', lines], { env, timeout: 20_000 });
				return (stdout === '' ? {} : JSON.parse(stdout)) as Record<string, unknown>;
			};
			try {
				const { body: how, text = '{}', refusals } = preset?.answer ?? {};
				const isEmpty = how === 'empty';
				const answer = await send(secret);
				if (how === 'json') assert.deepEqual(answer, JSON.parse(text));
				else if (preset?.split) assert.equal(answer['stored'], 1);
				else assert.deepEqual(Object.keys(answer), isEmpty ? [] : ['id']);
				const { body } = await receiver.event();
				const data = preset?.split === 'cloudevents' ? (body as { data: unknown }).data : body;
				assert.deepEqual(data, JSON.parse(BODY));
				const { error } = await send(other);
				if (refusals === 'status') assert.match(String(error), /could not be authenticated/);
				else assert.equal(error, isEmpty ? undefined : 'unauthorized');
				assert.equal(receiver.accepted(), 1);
			} finally {
				await receiver.close();
			}
		});
	}
});
