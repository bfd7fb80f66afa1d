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

describe('the recipes of docs/receiving.md, run by a shell', () => {
	before(async function () {
		for (const [tool, question] of Object.entries({ curl: '--version', openssl: 'version' }))
			await run(tool, [question]).catch((error: unknown) => skipWithout(this, tool, error));
	});

	for (const { name, id, lines } of receivingRecipes) {
		it(`${name}: what it sends is let in, and with another secret it is not`, async () => {
			const isStandard = findPreset(id)?.ways[0].scheme.kind === 'standard-webhooks';
			const secret = isStandard ? 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' : 'the secret of both';
			const other = isStandard ? 'whsec_d3Jvbmc=' : 'another secret';
			const input = presetReceiver({ preset: id, secrets: [secret], publicUrl });
			const receiver = await startListeningReceiver({ input, now: Date.now() });
			const URL = `http://127.0.0.1:${receiver.port}/in`;
			const send = async (SECRET: string): Promise<Record<string, unknown>> => {
				const env = { ...process.env, URL, PUBLIC_URL: publicUrl, SECRET, BODY };
				const { stdout } = await run('sh', ['-eu', '-c', lines], { env, timeout: 20_000 });
				return (stdout === '' ? {} : JSON.parse(stdout)) as Record<string, unknown>;
			};
			try {
				const isEmpty = findPreset(id)?.answer?.body === 'empty';
				assert.deepEqual(Object.keys(await send(secret)), isEmpty ? [] : ['id']);
				assert.deepEqual((await receiver.event())['body'], JSON.parse(BODY));
				assert.equal((await send(other))['error'], isEmpty ? undefined : 'unauthorized');
				assert.equal(receiver.accepted(), 1);
			} finally {
				await receiver.close();
			}
		});
	}
});
