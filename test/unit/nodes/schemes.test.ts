import assert from 'node:assert/strict';
import { readConfiguration } from '../../../nodes/SluiceTrigger/configuration';
import { triggerContext } from './trigger-context';

describe('the schemes that the Trigger of n8n is told', () => {
	const authOf = async (parameters: Record<string, unknown>) => {
		const credentials = { sluiceSignatureApi: { secret: ' new ', previousSecret: 'old' } };
		const context = triggerContext({ parameters, credentials });
		return (await readConfiguration(context)).receiver.auth;
	};

	it('begin with the secret in the URL, which is the webhook id', async () => {
		assert.deepEqual(await authOf({}), [{ kind: 'url-secret', secrets: ['webhook-a'] }]);
	});

	it('take what was added of their options, and the secrets of the credential', async () => {
		assert.deepEqual(
			await authOf({
				authentication: 'body-jwt',
				authenticationOptions: { header: 'X-Mine', leewaySeconds: 0, algs: ['HS512'] },
			}),
			[
				{
					kind: 'body-jwt',
					header: 'X-Mine',
					leewaySeconds: 0,
					algs: ['HS512'],
					secrets: ['new', 'old'],
				},
			],
		);
		assert.deepEqual(await authOf({ authentication: 'none' }), [{ kind: 'none' }]);
	});

	it('are refused by name where there is none of the kind', async () => {
		await assert.rejects(authOf({ authentication: 'kerberos' }), {
			code: 'ERR_CONFIG_INVALID',
			message: /^authentication: expected one of url-secret, body-jwt, hmac, /,
		});
	});
});
